"""What somebody edits on the standby behind the copy of /home: a way back keeps it, whoever saw the copy end."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived
from tests.faults.hostile import must

PROMISE = (
    "everything in its place is as before; each edit is kept below /home/.irekae-edited, root's alone, and told by path"
)
HOME = "/home/@on-both@"  # whom both hosts have
# Everything below /home but what is kept aside: path, kind, mode, owner, time, size; and what is in the files.
SEEN = (
    "cd /home && find . -path ./.irekae-edited -prune -o ! -type d -printf '%p %y %m %U:%G %T@ %s %l\\n' "
    "-o -type d -printf '%p %m %U:%G\\n' | sort; "
    "find . -path ./.irekae-edited -prune -o -type f -print0 | sort -z | xargs -0 sha256sum"
)
EDITS = f"""
echo 'by hand, on the standby' > {HOME}/added
echo 'by hand, on the standby' >> {HOME}/replaced
echo 'by hand, on the standby' > {HOME}/deleted
ln -sfn /etc/hostname {HOME}/link
chmod 640 {HOME}/mode
echo new > {HOME}/own
"""


def _ready(bench: Bench) -> str:
    """Root's door is open, and the two homes differ in each way; how /home of the standby looks."""
    bench.at(2)
    ours = bench.cast.ours
    bench.on("a", ours(f"cd {HOME}; echo a > added; echo a > replaced; ln -s a link; echo x > mode; echo x > untouched;"
                       "touch -d 2020-01-01 mode; chmod 600 mode; chown -h @on-both@: *"))  # fmt: skip
    bench.on("b", ours(f"cd {HOME}; echo before > replaced; echo before > deleted; ln -s b link; echo x > mode;"
                       "touch -d 2020-01-01 mode; chmod 644 mode; chown -h @on-both@: *"))  # fmt: skip
    return bench.on("b", SEEN)


def _back(bench: Bench, before: str) -> str:
    home, user = bench.cast.ours(HOME), bench.cast["on-both"]
    bench.on("b", bench.cast.ours(EDITS))
    said = bench.fab("rollback", "--to", "phase1")
    bench.on("b", f"rm {home}/own")
    now = bench.on("b", SEEN)
    # His mode stays: nothing of the copy's is in its way.
    wanted = before.replace(f"./{user}/mode f 644", f"./{user}/mode f 640")
    if now != wanted:
        lines = sorted({*now.splitlines()} ^ {*wanted.splitlines()})
        raise NotSurvived("not as before:\n" + "\n".join(lines[:20]))
    for name in ("added", "replaced", "deleted", "link"):
        must(bench, "b", f"[ -n \"$(find /home/.irekae-edited -path '*/{user}/{name}')\" ]", f"{name} is kept")
        if f"{user}/{name}: edited since the copy" not in said:
            raise NotSurvived(f"{name} is not told:\n{said[-2000:]}")
    must(
        bench, "b", "grep -rq 'by hand' /home/.irekae-edited && [ $(stat -c %a%u /home/.irekae-edited) = 7000 ]", "kept"
    )
    must(bench, "b", "[ $(find /home/.irekae-edited ! -type d | wc -l) = 4 ]", "nothing else is there")
    return "four edits kept aside, one mode left, all else as before"


@fault("others/home-edited", "files that the copy added, replaced, deleted or altered are edited on the standby",
       "after phase 3, then the swap is taken back", PROMISE, seconds=60)  # fmt: skip
def edited(bench: Bench) -> str:
    """The copy is as it was written down when it ended."""
    before = _ready(bench)
    bench.fab("resume", "--through", "2")
    bench.fab("resume", "--through", "3")
    return _back(bench, before)


@fault("others/home-edited-unseen", "the same, behind a copy whose operator was killed before it ended",
       "after the copy of phase 3, then the swap is taken back", PROMISE, seconds=60)  # fmt: skip
def edited_unseen(bench: Bench) -> str:
    """What is the same on production is the copy's."""
    before = _ready(bench)
    bench.fab("resume", "--through", "2")
    bench.fab("phase3.shadow")
    operator = bench.start("phase3.home")
    bench.wait("the copy begins", lambda: "copy /home" in bench.on("b", "cat /var/lib/irekae/journal.jsonl"), 60)
    operator.kill()
    operator.communicate()
    status = "cat /var/lib/irekae/copy/home/status 2>&1; true"
    bench.wait("the copy has ended", lambda: bench.on("a", status).strip() == "0", 60)
    return _back(bench, before)


@fault("others/home-edited-between", "the standby is worked on between the early copy (0.4) and that of the day (3.1)",
       "before phase 1, then the swap is taken back", "nothing of it is lost: what 3.1 replaced comes back, what it "
       "did not is kept aside", seconds=90)  # fmt: skip
def edited_between(bench: Bench) -> str:
    """Two copies are taken back, one after the other."""
    bench.at(1)
    before = bench.on("b", SEEN)
    home, user = bench.cast.ours(HOME), bench.cast["on-both"]
    bench.on("a", f"cd {home}; echo a > one; echo a > two; chown {user}: one two")
    bench.fab("phase0.prework")
    bench.on("b", f"echo 'by hand, on the standby' >> {home}/one")
    bench.fab("resume", "--through", "3")
    bench.on("b", f"echo 'by hand, on the standby, later' >> {home}/two")
    said = bench.fab("rollback", "--to", "phase1")
    must(bench, "b", f"grep -q 'by hand' {home}/one", "what 3.1 replaced is back")
    said += bench.fab("rollback", "--item", "0.4")
    for name in ("one", "two"):
        must(bench, "b", f"grep -rq 'by hand' $(find /home/.irekae-edited -path '*/{user}/{name}')", f"{name} is kept")
        if f"{user}/{name}: edited since the copy" not in said:
            raise NotSurvived(f"{name} is not told:\n{said[-2000:]}")
    now = bench.on("b", SEEN)
    if now != before:
        lines = sorted({*now.splitlines()} ^ {*before.splitlines()})
        raise NotSurvived("not as before:\n" + "\n".join(lines[:20]))
    return "both edits kept aside"

"""Text of users and hosts that would steer a terminal, and text that is not for everybody: where all of it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.driver import PROJECT
from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, want

WORD = "hunter2-is-not-for-you"
# What no terminal, editor or browser may be given: controls but line feed and tab, what turns the direction of writing.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PHASES = ("phase1", "phase2", "phase3", "phase4", "phase5")


def _said(bench: Bench) -> str:
    """What plan, manual, phases 1 to 5 and report say."""
    said = [bench.fab("plan"), bench.fab("plan", "--out", str(bench.folder / "plan.json")), bench.fab("phase0.manual")]
    said += [bench.fab(phase, *more) for phase in PHASES for more in (("--plan",), ())]
    return "\n".join([*said, bench.fab("status"), bench.fab("report", want=None)])


def _kept(bench: Bench) -> Iterator[tuple[str, str]]:
    """Every file that was written at the seat, and what the hosts remember."""
    seat = [*(PROJECT / "report").rglob("*"), *(bench.driver.seat / ".irekae").rglob("*"), bench.folder / "plan.json"]
    for path in seat:
        if path.is_file():
            yield str(path), path.read_text(encoding="utf-8")
    for machine in "ab":
        yield f"the journal of {machine}", bench.on(machine, "cat /var/lib/irekae/journal.jsonl")


def _process(bench: Bench, title: str) -> None:
    """A user's process with a title of his own making; a bash word."""
    bench.on(
        "a", f'su {bench.cast["sly"]} -s /bin/bash -c "exec -a {title} setsid sleep 3000 >/dev/null 2>&1 </dev/null &"'
    )


@fault(
    "text/terminal",
    "ESC, U+009B, U+202E, line feeds and EUC-JP in a process's title, GECOS, a home's and a "
    "crontab's name, a configuration file",
    "from before phase 1 to the report",
    "all of it is shown spelled out, in terminal, plan, manual, journal and report; nothing fails",
    seconds=120,
)
def terminal(bench: Bench) -> str:
    """Each is of the kind that a user can make himself."""
    bench.at(1)
    odd = "'\\x1b]0;owned\\x07\\xc2\\x9b2J\\xe2\\x80\\xaetxt\\xc6\\xfe\\n  9.1 ika: done'"
    _process(bench, f"\\$'{odd[1:]}")
    make = f"import os,pathlib as p; o=b{odd}; "
    bench.on("a", f'python3 -c "{make}h=p.Path(os.fsdecode(b\'/home/\'+o)); h.mkdir(); (h/\'x\').touch(); '
                  f'c=p.Path(os.fsdecode(b\'/var/spool/cron/crontabs/\'+o)); c.touch(); '
                  f'p.Path(\'/etc/odd.conf\').write_bytes(b\'{bench.cast.production.name} \'+o)"')  # fmt: skip
    bench.on("b", f"python3 -c \"{make}g=o.replace(b'\\n',b'').replace(b':',b''); f=p.Path('/etc/passwd'); "
                  f"f.write_bytes(b''.join(b':'.join(w[:4]+[g]+w[5:]) if w[0]==b'mori' else l for l in "
                  f'f.read_bytes().splitlines(True) for w in [l.split(b\':\')]))"')  # fmt: skip
    said = _said(bench)
    texts = [("terminal", said), *_kept(bench)]
    want([f"{where}: {found[0]!r}" for where, text in texts if (found := STEERING.search(text))], "steers a terminal")
    forged = [line for line in said.splitlines() if line == "  9.1 ika: done"]
    want(forged, "a line was forged")
    if "\\x1b]0;owned\\x07" not in said:
        raise NotSurvived("the process's title is not told at all")
    return f"{len(texts)} texts, {said.count('owned')} times told, spelled out"


@fault("text/private", "a password in a configuration file of mode 600, in a folder of mode 750, in a crontab, in a "
       "process's arguments, behind `password =` in a public file", "from before phase 1 to the report",
       "it is in no plan, manual, journal, report, diff and on no terminal", seconds=120)  # fmt: skip
def private(bench: Bench) -> str:
    """What is public of the same files is still told: their names, the lines, the host names that are exchanged."""
    bench.at(1)
    sly, conf, name = bench.cast["sly"], bench.cast["named-file"], bench.cast.production.name
    _process(bench, f"'mysql -u{sly} -p{WORD} gate'")
    line = bench.cast.ours(bench.cast["private-line"]).replace("WORD", WORD)
    bench.on("a", f'echo "{line}" >> {conf}; chmod 600 {conf}; '
                  f"mkdir -m 750 /etc/closed; echo '{name} {WORD}' > /etc/closed/x; "
                  f"echo '{name} {WORD}' > /etc/site.key; echo 'host = {name}; password = {WORD}' > /etc/open.conf; "
                  f"echo '# {WORD}' >> /var/spool/cron/crontabs/{sly}")  # fmt: skip
    said = _said(bench)
    texts = [("terminal", said), *_kept(bench)]
    want([where for where, text in texts if WORD in text], "a secret stands in")
    modes = [path for path in (PROJECT / "report").rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    want([str(path) for path in modes if _is_ours(path)], "others at the seat can read")
    for told in ("/etc/closed/x:1", "/etc/site.key:1", "/etc/open.conf:1", f"{name} → {bench.cast.standby.name}"):
        if told not in said:
            raise NotSurvived(f"{told} is not told")
    return f"{len(texts)} texts without it; 3 files named, not quoted"


def _is_ours(path: Path) -> bool:
    return not path.name.startswith(".")

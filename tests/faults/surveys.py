"""The survey of 0.3, taken while something is hostile, silent or lost: it ends, tells what it could not see, and
invents no difference."""

from __future__ import annotations

import json
import sys

from tests.driver import PROJECT
from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

FACTS = str(PROJECT / "tests/lab/seat_facts.py")
STOPPED = ("tcp/25", "tcp/80", "tcp/443", "tcp/465", "tcp/587")
TOLD = "the survey ends, tells what it could not see, and nothing that is there is called lost"


def facts(bench: Bench, act: str) -> str:
    """The survey at the seat: kept, told as rows, or compared."""
    return bench.lab("run", sys.executable, FACTS, act)


def new(bench: Bench) -> dict[str, str]:
    """The new differences."""
    return {row["subject"]: row["after"] for row in json.loads(facts(bench, "compare"))
            if row["verdict"] == "new difference"}  # fmt: skip


def want_none(bench: Bench, when: str) -> None:
    """Nothing differs that is there."""
    if found := new(bench):
        raise NotSurvived(f"{when}: {list(found.items())[:5]}")


@fault("survey/outside-silent", "the computer outside is cut off, at 0.3 and at the report", "0.3", TOLD)
def outside_silent(bench: Bench) -> str:
    """What could not be asked before is not compared; what could be and cannot be now is told."""
    bench.at(1)
    bench.lab("cut", "outside")
    facts(bench, "keep")
    bench.lab("mend", "outside")
    want_none(bench, "outside was cut off at 0.3")
    facts(bench, "keep")
    bench.lab("cut", "outside")
    found = new(bench)
    bench.lab("mend", "outside")
    if set(found) != {f"{kind}: all" for kind in ("page", "port", "greeting", "certificate", "name service",
                                                  "record answered")}:  # fmt: skip
        raise NotSurvived(f"outside was cut off at the report: {found}")
    want_none(bench, "outside answers again")
    return "not compared where it was not seen before; told, kind by kind, where it cannot be seen any more"


@fault("survey/memory-lost", "one host has lost what it remembers of the survey: its key, the survey, its note", "0.3",
       "the other host has all of it: nothing differs")  # fmt: skip
def memory_lost(bench: Bench) -> str:
    """Digests stay comparable, for the key comes back from the other host."""
    bench.at(1)
    facts(bench, "keep")
    for machine in "ab":
        bench.on(machine, "rm -rf /var/lib/irekae/survey.* /var/lib/irekae/evidence")
        want_none(bench, f"{machine} lost it")
    return "nothing differs, whichever host lost it"


@fault("survey/hostile-homes", "pipes, links to shadow and loops in place of forwards, keys, pages, list members",
       "users' homes", "the survey ends, and nothing of what they lead to is in it")  # fmt: skip
def hostile_homes(bench: Bench) -> str:
    """Root reads below users' folders as nobody who follows a link, and waits for no pipe."""
    bench.at(1)
    bench.on("a", bench.cast.ours("""
cd /home/@user@; ln -s /etc/shadow .forward; mkfifo .qmail-pipe .procmailrc; ln -s /root .ssh
mv public_html public; ln -s /etc public_html; mkdir -p .qmail-folder
printf '|ezmlm-send /home/@user@/list\n' > .qmail-l
mkdir -p list/subscribers; ln -s /etc/shadow list/subscribers/x; mkfifo list/subscribers/y list/owner
printf '\\033]0;owned\\007&a@b\\n' > .qmail-esc; head -c 300000 /dev/zero | tr '\\0' x > .qmail-long
"""))  # fmt: skip
    facts(bench, "keep")
    rows = facts(bench, "rows")
    hashes = bench.on("a", "cut -d: -f2 /etc/shadow | grep '^[$]'").split()
    if (
        any(one in rows for one in hashes)
        or "\x1b" in rows
        or "/etc/passwd" in json.dumps([row for row in json.loads(rows) if row[0] in ("user page", "web file")])
    ):
        raise NotSurvived("what a link leads to, or what steers a terminal, is in it")
    want_none(bench, "hostile homes")
    return f"{len(json.loads(rows))} rows, no hash among them"


@fault("survey/daemons-stopped", "the web server and the mail server take connections and say nothing", "0.3",
       TOLD)  # fmt: skip
def daemons_stopped(bench: Bench) -> str:
    """Every question has a deadline; what hung at 0.3 and answers now is another row, to be explained."""
    bench.at(1)
    daemons = ("apache2", bench.cast["takes-mail"])
    # The children too: postfix's answer without their master until they have been idle for long.
    signals = "; ".join(f"pkill -WORD -P $(pgrep -o -x {daemon}); pkill -WORD -x {daemon}" for daemon in daemons)
    bench.on("a", signals.replace("WORD", "STOP"))
    try:
        facts(bench, "keep")
        # Those whom nobody serves fill the queue of connections: the port itself need not answer the second time.
        told = {name: now for name, now in new(bench).items() if not name.endswith(STOPPED)}
        if told:
            raise NotSurvived(f"still stopped: {told}")
    finally:
        bench.on("a", signals.replace("WORD", "CONT"))
    found = new(bench)
    if not found or not all(name.startswith(("page", "port", "greeting", "certificate", "daemon")) for name in found):
        raise NotSurvived(f"they answer again: {found}")
    return f"{len(found)} rows tell that they answer now"

"""Is `fab`, at the seat, and breaks something at chosen lines of the hosts' journals: its own life, or whatever else.

    lab run python -m tests.faults.killer --at N [--before] [--signal INT] [--do COMMAND] --log FILE -- resume

A child process is the operator's `fab`. At the N-th line that it writes to any host's journal, just after the line is
written or with --before just before, it gets SIGKILL (or --signal), or runs the command of --do and goes on. --point
WORD breaks at a word to a host's watchdog instead (arm-ika, go-tako, prepare-ika, confirm-tako). --chain: killed again
and again, with N no larger than it must be for getting on, until the command comes to its end. --late: its clock is so
many seconds behind. Prints one JSON object: at which lines it died, how it ended.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fabric.main

import irekae.cli.commands
import tasks  # noqa: F401 (what the child would import, each time)
from irekae.host.remote import Link
from irekae.subjects.network import coordinator

PATIENCE = 400  # seconds for one child
STUCK = 180  # seconds without a kill or an end: a host that was rebooting when fab died must come back in them
LINES = ("append", "change")  # the agent's operations that write a line
# Exit status 3 with these words: the dead one's agent is still finishing its last operation.
BUSY = "is being worked on"


@dataclass(frozen=True)
class Break:
    """What is broken, and where: at a line's number, or at a word to a watchdog.

    number: 0 for nowhere. before: just before the line is written. signal: what the process gets, by name. do: a
    command that is run instead. point: the word, with the name that the host bore first.
    """

    number: int
    before: bool
    signal: str
    do: str
    point: str

    def now(self, place: list[Any], told: int) -> None:
        """Tell the place and break."""
        os.write(told, json.dumps(place).encode())
        if self.do:
            subprocess.run(shlex.split(self.do), check=True, stdout=subprocess.DEVNULL)
        else:
            os.kill(os.getpid(), signal.Signals[f"SIG{self.signal}"])


def at_line(what: Break, told: int) -> None:
    """Break at the N-th journal line, also where what it announces is asked in the same round trip: not yet done."""
    ask, lock, count = Link.ask, threading.Lock(), 0

    def is_it() -> bool:
        nonlocal count
        with lock:
            count += 1
            return count == what.number

    def watched(self: Link, op: str, **arguments: Any) -> Any:
        requests = arguments["requests"] if op == "all" else [{"op": op, **arguments}]
        number = next((i for i, one in enumerate(requests) if one["op"] in LINES and is_it()), None)
        if number is None:
            return ask(self, op, **arguments)
        first = number if what.before else number + 1
        answers = ask(self, "all", requests=requests[:first]) if first else []
        what.now(_place(self, requests[number]["entry"]), told)
        answers += ask(self, "all", requests=requests[first:]) if requests[first:] else []
        return answers if op == "all" else self._heard(op, answers[0], arguments)

    Link.ask = watched  # type: ignore[method-assign]


def _place(link: Link, entry: dict[str, Any]) -> list[Any]:
    # The number of a change that was made is another each time: what is made anew at each call is the same place.
    number = "" if entry["event"] == "made" else entry.get("n", "")
    return [entry.get("item", ""), link.machine.first_name, entry["event"], entry.get("what", number)]


def at_point(what: Break, told: int) -> None:
    """Break when a host's watchdog is about to be told a word, the first time."""
    names = vars(coordinator)
    ask, run, once = coordinator.Coordinator.ask, names["run"], threading.Event()

    def reached(point: str) -> None:
        if point == what.point and not once.is_set():
            once.set()
            what.now([point], told)

    def pausing_ask(self: coordinator.Coordinator, host: Any, word: str) -> Any:
        reached(f"{word}-{host.entry.name}")
        return ask(self, host, word)

    def pausing_run(link: Link, argv: Any, *rest: Any, **more: Any) -> Any:
        if argv[-1] == "arm":
            reached(f"arm-{link.machine.first_name}")
        return run(link, argv, *rest, **more)

    coordinator.Coordinator.ask = pausing_ask  # type: ignore[method-assign]
    names["run"] = pausing_run


def run(words: list[str], what: Break, log: Path, late: float = 0.0) -> dict[str, Any]:
    """One fab, broken once or at its end: {"at": place or null, "status": its exit status, "said": the end of it}."""
    reader, told = os.pipe()
    start = log.stat().st_size if log.exists() else 0
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_fab(words, what, told, log, late)
    os.close(told)
    timer = threading.Timer(PATIENCE, os.kill, (child, signal.SIGTERM))
    timer.start()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    timer.cancel()
    timer.join()
    with os.fdopen(reader) as pipe:
        line = pipe.read()
    said = log.read_bytes()[start:].decode("utf-8", "replace")
    return {"at": json.loads(line) if line else None, "status": status, "said": said[-3000:]}


def _be_fab(words: list[str], what: Break, told: int, log: Path, late: float) -> None:
    status = 70
    try:
        # As in a terminal, even where this runs in the background and INT is ignored from the start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        print(f"--- fab {' '.join(words)}, {what}", flush=True)
        if what.number:
            at_line(what, told)
        elif what.point:
            at_point(what, told)
        if late:
            clock: Callable[[], float] = time.time
            time.time = lambda: clock() - late
        sys.argv = ["fab", *words]  # what the command's hints repeat
        fabric.main.program.run(sys.argv)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def chain(words: list[str], before: bool, least: int, log: Path) -> dict[str, Any]:
    """Kill it again and again until it comes to its end."""
    number, seen, moved = least, set[str](), time.monotonic()
    found: dict[str, Any] = {"kills": [], "errors": [], "status": None}
    while time.monotonic() - moved < STUCK:
        one = run(words, Break(number, before, "KILL", "", ""), log)
        found["status"] = one["status"]
        if one["at"]:
            found["kills"].append(one["at"])
            # At a line where it died before, nothing was gained: items beside each other begin with many lines.
            line = json.dumps(one["at"])
            number = number + 1 if line in seen else max(least, number - 1)
            seen.add(line)
            moved = time.monotonic()
        elif one["status"] == 0:
            return found
        elif one["status"] == 3 and BUSY in one["said"]:
            time.sleep(0.1)  # the host's own time: an agent is ending
        else:
            found["errors"].append([one["status"], one["said"][-600:]])
            time.sleep(0.5)  # as an operator would, before calling again
    return found


def main() -> None:
    """Arm, be fab, tell."""
    assert irekae.cli.commands  # imported for the children
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", type=int, default=0)
    parser.add_argument("--least", type=int, default=3)
    parser.add_argument("--before", action="store_true")
    parser.add_argument("--chain", action="store_true")
    parser.add_argument("--signal", default="KILL")
    parser.add_argument("--do", default="")
    parser.add_argument("--point", default="")
    parser.add_argument("--late", type=float, default=0.0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("words", nargs="+")
    options = parser.parse_args()
    if options.chain:
        found = chain(options.words, options.before, options.least, options.log)
    else:
        what = Break(options.at, options.before, options.signal, options.do, options.point)
        found = run(options.words, what, options.log, options.late)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""A service's processes: waiting until they have ended, saying what is waited for, and proof that they are new ones."""

import signal
import time
from collections.abc import Callable
from typing import Any

from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.model.errors import SwapError, again
from irekae.model.printing.events import Kind
from irekae.site.site import Service

Process = dict[str, Any]
_LOOK = 0.2  # seconds between two looks
_TELL = 15.0  # seconds after which it is said again what is waited for
NEW_WITHIN = 30.0  # seconds for a daemon to be there after its script has returned
PEOPLE = range(1000, 60000)  # users' numbers (Debian policy 9.2.2)
DELIVERING = ("qmail-local",)  # it writes into a mailbox itself
KILLED_WITHIN = 10.0  # seconds for a killed process to be gone


class Daemons:
    """The processes of one service on one host.

    Args:
        host: bound to an item.
        service: what site.toml says of it.
    """

    def __init__(self, host: Host, service: Service) -> None:
        """Nothing is looked at yet."""
        self.host = host
        self.service = service

    def now(self, peers: bool = True) -> list[Process]:
        """The daemon and all that it has started, and whom they talk to; nothing where site.toml names no process."""
        name = self.service.process
        found: list[Process] = []
        for one in self.host.link.ask("family", name=name, peers=peers) if name else []:
            # Anybody may call a process of his own like the daemon; what the daemon runs for a user is its child.
            if one["uid"] not in PEOPLE or one["parent"] in [elder["pid"] for elder in found]:
                found.append(one)
        return found

    def turns(self) -> list[tuple[int, int, int]] | None:
        """Each process, and how often it was given a processor so far: alike at two moments when none of them did
        anything in between. None while one of them does something."""
        family = self.now(peers=False)
        if not all(one["sleeps"] for one in family):
            return None
        return sorted((one["pid"], one["start"], one["turns"]) for one in family)

    def wait_ended(self, before: list[Process], said: str) -> None:
        """Wait until these processes, and what they started meanwhile, have ended.

        Behind the deadline (stop_wait of site.toml), those that its last_resort names are killed, and users' programs.

        Args:
            before: the processes as they were before the service was stopped.
            said: what its script said.

        Raises:
            SwapError: some are still there: which, since when, to whom they talk.
        """
        began, told, known = time.monotonic(), 0.0, {(one["pid"], one["start"]): one for one in before}
        while left := self._left(known):
            waited = time.monotonic() - began
            if waited > self.service.stop_wait:
                self._last_resort(left, said)
                return
            if waited > told:
                told = waited + _TELL
                self.host.record.tell(f"waiting for {_listed(left)}", Kind.WAIT)
            self._wait_for(left)

    def _left(self, known: dict[tuple[int, int], Process]) -> list[Process]:
        pids, starts = [pid for pid, _ in known], [start for _, start in known]
        alive = set(self.host.link.ask("wait_gone", pids=pids, starts=starts, timeout=0))
        if alive:
            # What is still there may have started more, and talks to others now.
            known |= {(one["pid"], one["start"]): one for one in self.now()}
        return [one for (pid, _), one in known.items() if pid in alive]

    def _last_resort(self, left: list[Process], said: str) -> None:
        """Kill what may be killed: a delivery to another host, a user's program in one. Their messages stay queued."""
        doomed = [one for one in left if one["name"] in self.service.last_resort]
        # What a delivery runs for a user (`|program` in .qmail): it counts as failed for now, and the message stays.
        theirs = [one for one in left if one["uid"] in PEOPLE and one["name"] not in DELIVERING and one not in doomed]
        if doomed:
            self.host.warn(f"killed, as the last resort that site.toml names: {_listed(doomed)}")
        if theirs:
            self.host.warn(f"killed, for a user's program did not end: {_listed(theirs)}")
            doomed += theirs
        if doomed:
            pids, starts = [one["pid"] for one in doomed], [one["start"] for one in doomed]
            self.host.link.ask("signal", pids=pids, starts=starts, number=int(signal.SIGKILL))
        known = {(one["pid"], one["start"]): one for one in left}
        deadline = time.monotonic() + (KILLED_WITHIN if doomed else 0)
        while left := self._left(known):
            if time.monotonic() > deadline:
                raise SwapError(
                    f"{self.service.init} did not stop on {self.host.name} within {self.service.stop_wait} s",
                    f"still there: {_listed(left)}\n{said}".strip(),
                    f"end what it waits for, or raise its stop_wait in site.toml; then {again()}",
                )
            self._wait_for(left)

    def _wait_for(self, left: list[Process]) -> None:
        """Until they have ended, which the host tells at once; at most until the next look."""
        pids, starts = [one["pid"] for one in left], [one["start"] for one in left]
        self.host.link.ask("wait_gone", pids=pids, starts=starts, timeout=_LOOK)

    def are_new(self, before: list[Process]) -> bool:
        """Wait until the daemon runs as a process that was not there before; False when none comes."""
        if not self.service.process:
            return True
        old = {(one["pid"], one["start"]) for one in before}
        return within(
            NEW_WITHIN,
            lambda: any(self._is_daemon(one) and (one["pid"], one["start"]) not in old for one in self.now()),
        )

    def _is_daemon(self, process: Process) -> bool:
        return bool(process["name"] == self.service.process[:15])


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Look again and again whether a condition holds; False when it does not come in so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause(_LOOK)
    return True


def _listed(processes: list[Process]) -> str:
    return "; ".join(map(_shown, processes))


def _shown(process: Process) -> str:
    """`qmail-remote (process 812, for 95 s, talks to 192.0.2.1:25)`."""
    talks = f", talks to {', '.join(process['peers'])}" if process["peers"] else ""
    return f"{process['name']} (process {process['pid']}, for {process['age']} s{talks})"

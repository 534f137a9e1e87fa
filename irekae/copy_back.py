"""Takes the copy of /home back on the standby (rollback of 3.1)."""

import signal
from typing import Any

from irekae.copying import REPLACED, folder, pid_on
from irekae.host import Host
from irekae.swap import Swap

_END = 10.0  # seconds for a copy to end


def undo_copy(swap: Swap, production: Host, standby: Host, undo: dict[str, str]) -> None:
    """Take the copy back on the standby: what it added goes, what it replaced or deleted returns.

    A copy that goes on since its operator died is ended first, at both ends.
    """
    _end_copy(swap, production, standby)
    held = production.find(f"{folder(swap)}/items")
    added = []
    for line in (held.data if held else b"").decode("utf-8", "surrogateescape").splitlines():
        _, bracket, rest = line.partition("] ")
        flags, _, path = rest.partition(" ")
        if bracket and "+++++" in flags:
            added.append(path)
    standby.link.ask("undo_copy", home=undo["home"], replaced=f"{REPLACED}/{undo['replaced']}", added=added)


def _end_copy(swap: Swap, production: Host, standby: Host) -> None:
    leader = pid_on(production, folder(swap))
    ours = [process for process in production.link.ask("processes") if leader and process["session"] == leader]
    if any(f"{folder(swap)}/run" in process["words"] for process in ours):
        _end(production, ours)
    # The far end ends by itself with the near one; what it still does must not come after the undo.
    _end(standby, [process for process in standby.link.ask("processes") if _receives(process)])


def _receives(process: dict[str, Any]) -> bool:
    words = process["words"]
    return process["name"] == "rsync" and process["uid"] == 0 and "--server" in words and "--sender" not in words


def _end(host: Host, processes: list[dict[str, Any]]) -> None:
    pids = [process["pid"] for process in processes]
    host.link.ask("signal", pids=pids, number=int(signal.SIGTERM))
    left = host.link.ask("wait_gone", pids=pids, timeout=_END)
    host.link.ask("signal", pids=left, number=int(signal.SIGKILL))
    host.link.ask("wait_gone", pids=left, timeout=_END)

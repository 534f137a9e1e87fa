"""Takes the copy of /home back on the standby (rollback of 3.1)."""

import json
import signal
from typing import Any

from irekae.host.host import Host
from irekae.subjects.home import rsync_listing
from irekae.subjects.home.copying import REPLACED, folder, under_way
from irekae.swap.swap import Swap

_END = 10.0  # seconds for a copy to end


def undo_copy(swap: Swap, production: Host, standby: Host, undo: dict[str, str]) -> None:
    """Take the copy back on the standby: what it added goes, what it replaced, deleted or altered is as it was.

    A copy that goes on since its operator died is ended first, at both ends.
    """
    _end_copy(swap, production, standby)
    held = production.find(f"{folder(swap)}/items")
    added = rsync_listing.added(held.data.decode("utf-8", "surrogateescape") if held else "")
    kept = standby.find(f"{folder(swap)}/{undo['replaced']}.json")
    before = json.loads(kept.data) if kept else {"missing": [], "altered": {}}
    standby.link.ask(
        "undo_copy",
        home=undo["home"],
        replaced=f"{REPLACED}/{undo['replaced']}",
        added=list(dict.fromkeys([*added, *before["missing"]])),
        altered=before["altered"],
    )


def _end_copy(swap: Swap, production: Host, standby: Host) -> None:
    leaders = under_way(production, folder(swap))
    if leaders:
        _end(production, [entry for entry in production.link.ask("processes") if entry["session"] in leaders])
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

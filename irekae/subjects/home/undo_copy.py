"""Takes the copy of /home back on the standby (rollback of 3.1)."""

import json
import signal
from typing import Any

from irekae.host.host import Host
from irekae.subjects.home import rsync_listing
from irekae.subjects.home.copy_run import under_way
from irekae.subjects.home.rsync_command import REPLACED, RSYNC, folder
from irekae.subjects.sessions import ask
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
    leader = under_way(production, folder(swap))
    if leader:
        table = production.link.ask("processes")
        _end(production, [entry for entry in table if entry["session"] == leader["pid"] and entry["uid"] == 0])
    # The far end ends by itself with the near one; what it still does must not come after the undo.
    home = swap.site.home.path
    _end(standby, [process for process in standby.link.ask("processes") if _receives(process, home)])


def _receives(process: dict[str, Any], home: str) -> bool:
    """Whether it is root's rsync at work below /home for somebody elsewhere; another one may be a backup's."""
    words, below = process["words"], f"{process['cwd']}/".startswith(f"{home}/")
    ours = process["program"] == RSYNC and process["uid"] == 0 and below
    return ours and "--server" in words and "--sender" not in words


def _end(host: Host, processes: list[dict[str, Any]]) -> None:
    left = ask(host, processes, signal.SIGTERM, _END)
    ask(host, left, signal.SIGKILL, _END)

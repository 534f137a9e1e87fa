"""Takes the copy of a tree back on the standby (rollback of 3.1 and 3.5)."""

import signal
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from irekae.host.host import Host
from irekae.subjects.sessions import ask
from irekae.subjects.trees import copy_left
from irekae.subjects.trees.copy_run import under_way
from irekae.subjects.trees.rsync_command import EDITED, REPLACED, RSYNC, folder
from irekae.swap.swap import Swap

SHOWN = 20  # paths that are told
_END = 10.0  # seconds for a copy to end


def undo_copy(swap: Swap, undo: dict[str, str]) -> None:
    """Take the copy back on the standby: what it added goes, what it replaced, deleted or altered is as it was.

    A copy that goes on since its operator died is ended first, at both ends. What somebody made of it since is
    kept and told: below EDITED, where it is in the way of what was there before.

    Args:
        swap: with both hosts bound to the copy's item.
        undo: of the journal's line.
    """
    standby, tree, attempt = swap.standby, undo["tree"], undo["replaced"]
    end_copy(swap, tree, tree)
    copy_left.make_known(swap, tree, attempt)
    aside = f"{EDITED}/{datetime.now():%Y%m%d-%H%M%S}"
    undone = standby.link.ask(
        "undo_copy",
        home=tree,
        replaced=f"{REPLACED}/{attempt}",
        path=copy_left.left_by(swap, tree, attempt),
        aside=aside,
    )
    _tell(standby, undone["aside"], f"edited since the copy; kept in {tree}/{aside}")
    _tell(standby, undone["stays"], "it stays so")


def _tell(host: Host, lines: Sequence[str], why: str) -> None:
    for line in lines[:SHOWN]:
        host.warn(f"{line}: {why}")
    if len(lines) > SHOWN:
        host.warn(f"… and {len(lines) - SHOWN} more, {why}")


def end_copy(swap: Swap, tree: str, target: str) -> None:
    """End a copy that is under way, at both ends.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied, on production.
        target: where it comes on the standby.
    """
    production, standby = swap.production, swap.standby
    leader = under_way(production, folder(swap, tree))
    if leader:
        table = production.link.ask("processes")
        _end(production, [entry for entry in table if entry["session"] == leader["pid"] and entry["uid"] == 0])
    # The far end ends by itself with the near one; what it still does must not come after the undo.
    _end(standby, [process for process in standby.link.ask("processes") if _receives(process, target)])


def _receives(process: dict[str, Any], tree: str) -> bool:
    """Whether it is root's rsync at work below the tree for somebody elsewhere; another one may be a backup's."""
    words, below = process["words"], f"{process['cwd']}/".startswith(f"{tree}/")
    ours = process["program"] == RSYNC and process["uid"] == 0 and below
    return ours and "--server" in words and "--sender" not in words


def _end(host: Host, processes: list[dict[str, Any]]) -> None:
    left = ask(host, processes, signal.SIGTERM, _END)
    ask(host, left, signal.SIGKILL, _END)

"""Takes a copy of databases back on the standby (rollback of 3.6)."""

import json
from datetime import datetime
from typing import Any

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import SwapError
from irekae.subjects.databases import by_files, copy_run, said
from irekae.subjects.databases.far_end import folder, inquire
from irekae.swap.swap import Swap


def undo_databases(swap: Swap, undo: dict[str, Any]) -> None:
    """Put back what the standby's databases and accounts were before the copy; the second time it comes to the same.

    A copy that goes on since its operator died is ended first. What somebody made of it since is kept beside.

    Args:
        swap: with both hosts bound to the copy's item.
        undo: of the journal's line.
    """
    standby = swap.standby
    if undo.get("by") == "files":
        by_files.take_back(swap, undo, _server_edited(swap, standby, undo), _moment())
        standby.link.ask("remove", path=f"{undo['folder']}.left.json")
        return
    copy_run.end(swap)
    _keep_edited(swap, standby, undo)
    # What an undo that is ended in the midst has put back is nobody's work.
    standby.link.ask("remove", path=f"{undo['folder']}.left.json")
    size, what = int(undo["size"]), {key: undo[key] for key in ("names", "accounts")}
    inquire(standby, swap, "back", undo["server"], said.Nothing, size, kept=undo["folder"], **what)


def _moment() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"


def _server_edited(swap: Swap, standby: Host, undo: dict[str, Any]) -> bool:
    """Is anything of a server not as the copy left it, or can nobody say."""
    held = _left(standby, undo)
    if held is None or by_files.is_back(standby, undo):
        return False
    try:
        by_files.have_running(swap, undo)  # an undo that was ended may have stopped it
        now = inquire(standby, swap, "look", undo["server"], said.Look, int(undo["size"]), by="dump", dumped=False)
        edited = _edited(swap, standby, undo, held)
    except Lost:
        raise
    except SwapError:
        return True
    return bool(edited) or now.databases.keys() != held["databases"].keys() or now.accounts != sorted(held["accounts"])


def _left(standby: Host, undo: dict[str, Any]) -> dict[str, Any] | None:
    """What the copy left, None where nobody has seen its end."""
    held = standby.find(f"{undo['folder']}.left.json")
    return json.loads(held.data) if held else None


def _edited(swap: Swap, standby: Host, undo: dict[str, Any], left: dict[str, Any]) -> list[str]:
    """The databases that are not as the copy left them."""
    about = {"names": left["names"], "key": left["key"], "known": left["names"]}
    now = inquire(standby, swap, "digest", undo["server"], said.Digest, int(undo["size"]), **about)
    return [
        name
        for name, (tables, objects) in left["databases"].items()
        if name in now.databases
        and ({table: list(row) for table, row in now.databases[name].tables.items()}, now.databases[name].objects)
        != (tables, objects)
    ]


def _keep_edited(swap: Swap, standby: Host, undo: dict[str, Any]) -> None:
    """What is not as the copy left it is somebody's work: dumped into a folder of its own before it goes."""
    left = _left(standby, undo)
    edited = _edited(swap, standby, undo, left) if left else []
    if edited:
        aside = f"{folder(swap)}/edited/{_moment()}"
        inquire(standby, swap, "keep", undo["server"], said.Nothing, int(undo["size"]), names=edited, kept=aside)
        standby.warn(f"{', '.join(edited)}: written since the copy; as it was, it is kept in {aside}")

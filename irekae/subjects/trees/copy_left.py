"""What a copy left on the standby, written down when it has ended: whatever differs from that later is somebody's work.

By kind, size and time, as rsync itself compares.
"""

import json
from typing import Any

from irekae.host.remote import decode
from irekae.subjects.trees import rsync_listing
from irekae.subjects.trees.rsync_command import folder
from irekae.swap.swap import Swap

LOG = 64 << 20  # bytes of the copy's log that are read: what was planned is known without it
UNSURE = "?"  # in the place of a mark: the copy's or somebody's, nobody has looked in time


def before(swap: Swap, tree: str, attempt: str) -> dict[str, Any]:
    """What was there before an attempt, of what rsync keeps nothing of: `missing`, `altered`, `written`."""
    kept = swap.standby.find(f"{folder(swap, tree)}/{attempt}.json")
    return {"missing": [], "altered": {}, "written": [], **(json.loads(kept.data) if kept else {})}


def remember(swap: Swap, tree: str, attempt: str, sure: bool = True) -> dict[str, Any]:
    """Write down what an attempt has left.

    Args:
        swap: with both hosts bound to an item.
        tree: path of the folder that was copied into; site.toml may have another one by now.
        attempt: where the standby keeps what it replaced.
        sure: it has just ended. Else the copy's is what is the same on production.

    Returns:
        "added", paths that it made; "left", the marks of all that it wrote; "altered", the states of the others.
    """
    ika, tako, was = swap.production, swap.standby, before(swap, tree, attempt)
    held = ika.link.ask("read", path=f"{folder(swap, tree)}/items", last=LOG)
    log = rsync_listing.in_log(decode(held["data"]).decode("utf-8", "surrogateescape") if held else "")
    written = list(dict.fromkeys([*rsync_listing.written(log), *was["written"], *was["missing"]]))
    left = tako.link.ask("marks", folder=tree, names=written)
    altered = tako.link.ask("states", folder=tree, names=list(was["altered"]))
    if not sure:
        source = ika.link.ask("marks", folder=tree, names=list(left))
        left = {name: mark if source.get(name) == mark else UNSURE for name, mark in left.items()}
        altered = _as_on_production(altered, ika.link.ask("states", folder=tree, names=list(altered)))
    added = list(dict.fromkeys([*rsync_listing.made(log), *was["missing"]]))
    found = {"added": added, "left": left, "altered": altered}
    tako.remember(_path(swap, tree, attempt), json.dumps(found).encode())
    return found


def known(swap: Swap, tree: str, attempt: str) -> dict[str, Any]:
    """What an attempt has left, as `remember` says; where nobody saw it end, by what production has now."""
    held = swap.standby.find(_path(swap, tree, attempt))
    found: dict[str, Any] = json.loads(held.data) if held else remember(swap, tree, attempt, sure=False)
    return found


def is_known(swap: Swap, tree: str, attempt: str) -> bool:
    """Has somebody written down what an attempt has left."""
    return swap.standby.exists(_path(swap, tree, attempt))


def _path(swap: Swap, tree: str, attempt: str) -> str:
    return f"{folder(swap, tree)}/{attempt}.left.json"


def _as_on_production(here: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """States with production's mode and time; numbers of owners mean nothing on another machine."""
    return {
        name: [source.get(name, now)[0], *now[1:3], source.get(name, now)[3], *now[4:]] for name, now in here.items()
    }

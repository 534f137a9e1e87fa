"""What the copies leave behind, their keys and what they replaced: gone when their time is over."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.model.items import EXCHANGE_PHASE, On
from irekae.model.journal import Entry
from irekae.subjects.trees.rsync_command import REPLACED, all_of
from irekae.swap.swap import Swap


def forget_key(swap: Swap) -> None:
    """Destroy the copies' keys on production: with root's door closed (4.2) nobody may come through it any more.

    It is no part of the host's configuration, so there is no undo: another copy makes another key.
    """
    if swap.planned:
        return
    link = swap.links[swap.entry_for(EXCHANGE_PHASE, On.PRODUCTION).name]
    # Those of trees too that site.toml names no more.
    for tree, state in (link.ask("list", path=all_of(swap)) or {}).items():
        for name in ("id", "id.pub") if state["kind"] == "dir" else ():
            link.ask("remove", path=f"{all_of(swap)}/{tree}/{name}")


def copies_of(entries: Iterable[Entry], tree: str) -> list[Entry]:
    """The copies into a tree that a journal tells of: its lines of changes."""
    changes = (entry for entry in entries if entry.get("event") == "change" and entry["undo"].get("kind") == "copy")
    return [entry for entry in changes if entry["undo"]["tree"] == tree]


def forget_earlier(standby: Host, tree: str) -> None:
    """Before the first copy of a swap: what an earlier one left in the tree is nothing that this one may give back."""
    if copies_of(standby.record.entries, tree) or not standby.exists(f"{tree}/{REPLACED}"):
        return
    standby.link.ask("remove", path=f"{tree}/{REPLACED}")
    standby.say(f"removed {tree}/{REPLACED}: what the copy of an earlier swap had replaced")

"""What a copy leaves behind, its key and what it replaced: gone when their time is over."""

from irekae.host.host import Host
from irekae.model.items import EXCHANGE_PHASE, On
from irekae.subjects.trees.rsync_command import REPLACED, folder
from irekae.swap.swap import Swap


def forget_key(swap: Swap) -> None:
    """Destroy the copy's key on production: with root's door closed (4.2) nobody may come through it any more.

    It is no part of the host's configuration, so there is no undo: another copy makes another key.
    """
    if swap.planned:
        return
    link = swap.links[swap.entry_for(EXCHANGE_PHASE, On.PRODUCTION).name]
    for name in ("id", "id.pub"):
        link.ask("remove", path=f"{folder(swap)}/{name}")


def forget_replaced(swap: Swap) -> list[str]:
    """Remove what the copy of a swap that is over had replaced or deleted; the names of the hosts that had kept any."""
    if swap.site.home is None:
        return []
    path, found = f"{swap.site.home.path}/{REPLACED}", []
    for entry in swap.inventory.pair:
        if swap.links[entry.name].ask("stat", path=path):
            swap.links[entry.name].ask("remove", path=path)
            found.append(entry.name)
    return found


def forget_earlier(standby: Host, home: str) -> None:
    """Before the first copy of a swap: what an earlier one left below /home is nothing that this one may give back."""
    copied = [entry for entry in standby.record.entries if entry.get("event") == "change"]
    if any(entry["undo"].get("kind") == "copy" for entry in copied) or not standby.exists(f"{home}/{REPLACED}"):
        return
    standby.link.ask("remove", path=f"{home}/{REPLACED}")
    standby.say(f"removed {home}/{REPLACED}: what the copy of an earlier swap had replaced")

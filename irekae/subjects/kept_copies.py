"""What the copies of a swap kept of the standby's own, so that they could be taken back: gone when the swap is over."""

from posixpath import dirname

from irekae.subjects.databases.by_files import places
from irekae.subjects.databases.far_end import kept_in
from irekae.subjects.trees.rsync_command import REPLACED
from irekae.swap.swap import Swap


def forget_replaced(swap: Swap) -> list[str]:
    """Remove what the copies of a swap that is over had replaced or deleted; the names of the hosts that had kept any.

    Files of trees (3.1, 3.5), dumps of databases with their accounts, data directories (3.6). What others wrote behind
    a copy that was taken back is theirs and stays.
    """
    found = []
    kept = [f"{tree.path}/{REPLACED}" for tree in swap.site.all_trees] + [kept_in(swap)]
    for entry in swap.inventory.pair:
        link = swap.links[entry.name]
        kept_places = places(swap, entry.name)
        held = [path for path in (*kept_places, *kept) if link.ask("stat", path=path)]
        for path in held:
            link.ask("remove", path=path)
        for folder in {dirname(place) for place in kept_places}:
            link.ask("remove_empty", path=folder)
        found += [entry.name] if held else []
    return found

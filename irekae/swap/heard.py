"""When this seat last heard of each machine: for the table of a swap of which one host is silent."""

import os

import msgspec

from irekae.model.journal import now
from irekae.site.inventory import HostEntry
from irekae.swap.swap import Swap

FILE = "heard.json"


def _known(swap: Swap) -> dict[str, str]:
    try:
        return msgspec.json.decode((swap.inventory.state / FILE).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def keep(swap: Swap) -> None:
    """Note that the machines that are connected were heard of just now."""
    reached = {swap.links[entry.name].machine.first_name: now() for entry in swap.inventory.pair
               if entry.name in swap.links}  # fmt: skip
    path = swap.inventory.state / FILE
    fresh = path.with_name(f"{FILE}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(msgspec.json.encode({**_known(swap), **reached}))
        fresh.replace(path)
    except OSError:
        return  # a seat whose disk is full must not keep anybody from acting


def silent(swap: Swap) -> list[str]:
    """A few lines for each name of the pair that does not answer: why, and since when."""
    return [line for entry in swap.inventory.pair if entry.name not in swap.links for line in _of(swap, entry)]


def _of(swap: Swap, entry: HostEntry) -> list[str]:
    reached = {link.machine.first_name for link in swap.links.values()}
    away = [machine.first_name for machine in swap.pins.machines
            if machine.first_name in {one.name for one in swap.inventory.pair} - reached]  # fmt: skip
    since = max((_known(swap).get(first, "") for first in away), default="")
    error = swap.silent.get(entry.name)
    what = error.what if error else f"{entry.name} is not connected"
    return [what, f"    silent since {since}, when this seat last heard of it" if since
            else "    this seat has never heard of it"]  # fmt: skip

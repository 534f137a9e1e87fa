"""When this seat last heard of each machine: for the table of a swap of which one host is silent."""

import contextlib

import msgspec

from irekae.model import seat_files
from irekae.model.clock import here
from irekae.model.errors import SwapError
from irekae.model.journal import now
from irekae.model.typed import decoded
from irekae.site.inventory import HostEntry
from irekae.swap.swap import Swap

FILE = "heard.json"


def _known(swap: Swap) -> dict[str, str]:
    try:
        return decoded((swap.inventory.state / FILE).read_bytes(), dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def keep(swap: Swap) -> None:
    """Note that the machines that are connected were heard of just now."""
    reached = {swap.links[entry.name].machine.first_name: now() for entry in swap.inventory.pair
               if entry.name in swap.links}  # fmt: skip
    # A seat whose disk is full must not keep anybody from acting.
    with contextlib.suppress(SwapError):
        seat_files.write_json(swap.inventory.state / FILE, {**_known(swap), **reached})


def silent(swap: Swap) -> list[str]:
    """A few lines for each name of the pair that does not answer: why, and since when."""
    return [line for entry in swap.inventory.pair if entry.name not in swap.links for line in _of(swap, entry)]


def since(swap: Swap) -> str:
    """When this seat last heard of a machine that is not connected now, ISO 8601; "" for never."""
    reached = {link.machine.first_name for link in swap.links.values()}
    away = [machine.first_name for machine in swap.pins.machines
            if machine.first_name in {one.name for one in swap.inventory.pair} - reached]  # fmt: skip
    return max((_known(swap).get(first, "") for first in away), default="")


def _of(swap: Swap, entry: HostEntry) -> list[str]:
    last = since(swap)
    error = swap.silent.get(entry.name)
    what = error.what if error else f"{entry.name} is not connected"
    return [what, f"    silent since {here(last)}, when this seat last heard of it" if last
            else "    this seat has never heard of it"]  # fmt: skip

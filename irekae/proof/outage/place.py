"""Where the prober lives on the computer outside: as the operator who started it, in a folder that every one reads.

It needs no root there, so nobody's sudo is asked for any.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from irekae.host.remote import HostError, Link
from irekae.model.errors import SwapError, wrong_use
from irekae.site.inventory import HostEntry, Inventory
from irekae.swap.swap import Swap

PROCESS = "process"  # where the prober that was started is written down
MODE = 0o755  # what it holds is no secret; only its owner writes


def place(inventory: Inventory) -> HostEntry | None:
    """The computer that the prober runs on, or None when hosts.ini has none."""
    return next(iter(inventory.group("outside")), None)


@contextmanager
def outside(swap: Swap) -> Iterator[Link]:
    """A connection to it, as the operator.

    Raises:
        SwapError: hosts.ini has no computer outside, or it cannot be reached.
    """
    entry = place(swap.inventory)
    if entry is None:
        raise wrong_use("hosts.ini names no computer outside", hint="[outside]: see docs/outage.md")
    link = Link(swap.inventory, entry, swap.pins, swap.site.site.state, root=False)
    try:
        yield link
    finally:
        link.close()


def _base(user: str) -> str:
    return f"/var/tmp/irekae-{user}"


def own_folder(link: Link) -> str:
    """This operator's folder, made where there is none.

    Raises:
        SwapError: somebody else has put something there.
    """
    user = str(link.facts["user"])
    base = _base(user)
    link.ask("mkdir", path=base, mode=MODE)
    state = link.ask("stat", path=base)
    if state["owner"] != user or state["mode"] & 0o022:
        seen = f"it belongs to {state['owner']}, mode {state['mode']:04o}"
        raise SwapError(
            f"{base} on {link.entry.name} is not {user}'s alone", seen, f"there: look at it, then rm -r {base}"
        )
    link.ask("mkdir", path=f"{base}/prober", mode=MODE)
    return f"{base}/prober"


def running(swap: Swap, link: Link) -> dict[str, dict[str, int]]:
    """The probers that run there, of this operator and of the others: folder → process id and start."""
    found: dict[str, dict[str, int]] = {}
    for path in _folders(swap, link):
        try:
            known = link.ask("known", path=f"{path}/{PROCESS}")
        except HostError:
            continue
        if known:
            found[path] = known
    return found


def folder(swap: Swap, link: Link) -> str:
    """The folder of the prober that runs, else of the one that wrote last."""
    if found := running(swap, link):
        return next(iter(found))
    written = {path: link.ask("stat", path=f"{path}/log.jsonl") for path in _folders(swap, link)}
    times = {path: int(log["mtime"]) for path, log in written.items() if log}
    return max(times, key=lambda path: times[path], default=f"{_base(str(link.facts['user']))}/prober")


def _folders(swap: Swap, link: Link) -> list[str]:
    """The operators' folders that are there and really theirs."""
    found = []
    for user in dict.fromkeys([str(link.facts["user"]), *swap.site.site.operators]):
        base = link.ask("stat", path=_base(user))
        if base and (base["kind"], base["owner"]) == ("dir", user) and not base["mode"] & 0o022:
            found.append(f"{_base(user)}/prober")
    return found

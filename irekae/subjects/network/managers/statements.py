"""Where an interface's addresses stand: in one file, each once, and nothing else beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import dirname

from irekae.subjects.network.managers.adapter import Wanted
from irekae.swap.obstacle import Obstacle


@dataclass(frozen=True)
class Statement:
    """An address that a file gives the interface. line: from 1."""

    path: str
    line: int
    address: str

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.path}:{self.line}"


def file_of(found: Sequence[Statement], wanted: Wanted) -> str:
    """The one file that states all of the host's own addresses, "" when there is no such file."""
    files = {one.path for one in found if one.address in wanted.own}
    return files.pop() if len(files) == 1 else ""


def obstacles(found: Sequence[Statement], wanted: Wanted, folder: str, manager: str) -> Iterable[Obstacle]:
    """Why the addresses cannot be exchanged where they stand.

    Args:
        found: everything that the interface is given.
        wanted: what 5.3 asks about.
        folder: where the file must lie.
        manager: whose files they are.
    """
    for address in wanted.own:
        places = [one.place for one in found if one.address == address]
        if not places:
            yield Obstacle(
                f"no file of {manager}'s gives {wanted.interface} the address {address}: it was set otherwise",
                f"state it in the interface's file below {folder}, and nowhere else",
            )
        elif len(places) > 1:
            yield Obstacle(
                f"{address} is stated {len(places)} times: {', '.join(places)}",
                "leave one of them, take the others out",
            )
    files = sorted({one.path for one in found if one.address in wanted.own})
    if len(files) > 1:
        yield Obstacle(
            f"the addresses of {wanted.interface} are stated in {len(files)} files: {', '.join(files)}",
            f"state {' and '.join(wanted.own)} in one of them",
        )
    yield from _places(files, wanted, folder, manager)
    yield from _others(found, wanted)


def _places(files: Sequence[str], wanted: Wanted, folder: str, manager: str) -> Iterable[Obstacle]:
    for path in files:
        if dirname(path) != folder and dirname(dirname(path)) != folder:
            yield Obstacle(
                f"{path} does not lie below {folder}: it is made anew by something else, or belongs to a package",
                f"put a copy of it into {folder}, and have {manager} read that",
            )
        elif wanted.named and path != wanted.named:
            yield Obstacle(
                f"{wanted.interface} gets its address from {path}",
                f"name that file as [network] interfaces of site.toml instead of {wanted.named}, or leave the key out",
            )


def _others(found: Sequence[Statement], wanted: Wanted) -> Iterable[Obstacle]:
    for one in found:
        if one.address in wanted.other:
            yield Obstacle(
                f"{one.place} states {one.address} already",
                f"put {' and '.join(wanted.own)} back: irekae writes the new address into it when phase 6 is "
                "confirmed, not before",
            )
        elif one.address not in (*wanted.own, *wanted.stays):
            yield Obstacle(
                f"{one.place}: {wanted.interface} gets {one.address} too: should it move with the name or stay",
                f'if it belongs to the machine: stays = ["{one.address}"] in [network] of site.toml; if to the name, '
                "take it out",
            )

"""Which checks of which hosts: --hosts, --item, and what the markers of the checks say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from irekae.model.errors import wrong_use
from irekae.model.findings import AboutRole
from irekae.model.results import in_order
from irekae.site.inventory import HostEntry, Inventory

if TYPE_CHECKING:
    import pytest

Role = Literal["production", "standby", "backup"]
PAIR: tuple[Role, Role] = ("production", "standby")


def lacks(marks: Iterable[pytest.Mark], has: Callable[[str], bool]) -> bool:
    """Whether the site lacks something of what a check with these markers is about; has: `Site.has`."""
    return not all(has(need) for mark in marks if mark.name == "part_of" for need in mark.args)


def about(role: Role) -> AboutRole:
    """Whose a finding is; the backup host is of no role of the swap's."""
    return "" if role == "backup" else role


@dataclass(frozen=True)
class Proof:
    """What an item marker says."""

    number: str
    roles: tuple[Role, ...]
    state: str = ""


def proofs(marks: Iterable[pytest.Mark]) -> list[Proof]:
    """The item markers among `marks`."""
    return [
        Proof(mark.args[0], tuple(mark.kwargs.get("roles", ())), mark.kwargs.get("state", ""))
        for mark in marks
        if mark.name == "item"
    ]


@dataclass(frozen=True)
class Selection:
    """The hosts and items that were asked for.

    Attributes:
        hosts: each with the role that its name has.
        items: numbers of items or of phases ("9"); empty: all.
        lacking: roles that hosts.ini gives to nobody; production stands for them, and their checks are not made.
    """

    hosts: tuple[tuple[HostEntry, Role], ...]
    items: tuple[str, ...] = ()
    lacking: tuple[Role, ...] = ()

    def places(self, marked: Sequence[Proof]) -> list[tuple[HostEntry, Role, Proof]]:
        """Where a check with these markers is to be made, and which item it proves there."""
        return [
            (host, role, proof)
            for host, role in self.hosts
            for proof in marked
            if role in proof.roles and self._asked_for(proof.number)
        ]

    def _asked_for(self, number: str) -> bool:
        return not self.items or number in self.items or number.partition(".")[0] in self.items


def select(inventory: Inventory, hosts: str | None, items: str | None, backups: bool = True) -> Selection:
    """Read --hosts and --item; backups: whether the site has any.

    Without --hosts, the pair and the backup host. The backups are the production host's data, so they are checked
    with it; `--hosts=dennou` checks them alone.

    Raises:
        SwapError: a host or an item that isn't known (exit status 2).
    """
    backup = inventory.group("backup")[:1] if backups else []
    roles: dict[str, Role] = {host.name: role for host, role in zip(inventory.pair, PAIR, strict=True)}
    roles |= {host.name: "backup" for host in backup}
    if hosts is None:
        chosen = [*inventory.pair, *backup]
    else:
        chosen = [_named(inventory, roles, name.strip()) for name in hosts.split(",") if name.strip()]
        if not chosen:
            raise wrong_use("--hosts names no host", hint=f"known: {', '.join(roles)}")
        chosen += backup if inventory.production in chosen else []
    unique = list(dict.fromkeys(chosen))
    found = tuple((host, roles[host.name]) for host in unique)
    if backup or not backups or inventory.production not in chosen:
        return Selection(found, _numbers(items))
    return Selection((*found, (inventory.production, "backup")), _numbers(items), ("backup",))


def _named(inventory: Inventory, roles: dict[str, Role], name: str) -> HostEntry:
    for host in inventory.hosts.values():
        if host.name in roles and name in (host.name, host.address, host.fqdn):
            return host
    raise wrong_use(f"--hosts: no host {name!r} to check", f"known in {inventory.path}: {', '.join(roles)}")


def _numbers(items: str | None) -> tuple[str, ...]:
    numbers = tuple(number.strip() for number in (items or "").split(",") if number.strip())
    for number in numbers:
        phase, dot, rest = number.partition(".")
        if not phase.isdigit() or (dot and not rest.isdigit()):
            raise wrong_use(f"--item: {number!r} is not an item of the manual", hint="--item 9.3 or --item 9.3,9.12")
    return tuple(sorted(numbers, key=in_order_or_phase))


def in_order_or_phase(number: str) -> tuple[int, int]:
    """Sort key for items and whole phases alike."""
    return in_order(number) if "." in number else (int(number), 0)

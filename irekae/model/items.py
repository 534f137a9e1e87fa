"""The manual's items: what each is called, where it acts, and the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from irekae.model.near import meant, near

if TYPE_CHECKING:
    from irekae.model.errors import SwapError

Act = Callable[..., None]

BEGINNING = "0.2"  # the item that begins the swap
# From here on the names are exchanged; the item that does it belongs to the time before.
EXCHANGE_PHASE = 6
EXCHANGE = "6.1"
# The item with which mail begins to arrive on the new production host: no way back behind it.
NO_RETURN = "8.1"
# From this phase on nothing is moved from one host to the other: an item may be repeated to mend what the checks find.
MENDING = 7
# The checks behind the reboot.
PROOF = 9
# The item that writes the announcement, and sends it where that is asked for.
ANNOUNCEMENT = "11.1"
# From this phase on an item speaks of the swap as a whole.
WHOLE = 10


class On(StrEnum):
    """Where an item acts, by role: whoever bears the name at that phase."""

    PRODUCTION = "production"
    STANDBY = "standby"
    BOTH = "both"  # on each by itself
    PAIR = "pair"  # on both at once
    SEAT = "seat"  # at the operator's seat; remembered by production


@dataclass(frozen=True)
class Item:
    """A numbered step of the manual.

    Attributes:
        number: the manual's number, "3.4".
        name: of the task, `fab phase3.NAME`.
        ja, en: title in both languages.
        on: where it acts.
        act: the function; takes (host, swap), or (swap) for PAIR and SEAT.
        mark: "M" the manual says so, "W" another page of the wiki, "+" our addition.
        undo: how it is taken back, or why nothing is.
        beside: runs beside the items after it in its phase.
        optional: not part of the phase's own run, and no gate asks for it.
        check: proved by the acceptance suite.
        until_boot: a reboot undoes it, as long as phase 6 is not done.
        after: items of its own phase without which it must not be done.
        until: the item whose beginning on the same host ends its time, or "" for the first of the next phase.
        asks: what an operator confirms before it (`swap/consent.py`), "" for nothing.
        anyway: what of it is carried out even where a person settles it otherwise (`fab done`, `fab waive`).
        keeps: carried out behind it, and behind `fab done` too: what is kept of it. Of one host at a time.
        needs: what of site.toml it is about (`irekae/site/parts.py`): a site that lacks one has no such item.
    """

    number: str
    name: str
    ja: str
    en: str
    on: On
    act: Act
    mark: Literal["M", "W", "+"]
    undo: str
    beside: bool
    optional: bool
    check: bool
    until_boot: bool = False
    after: tuple[str, ...] = ()
    until: str = ""
    asks: str = ""
    anyway: Act | None = None
    keeps: Act | None = None
    needs: tuple[str, ...] = ()

    @property
    def phase(self) -> int:
        """The phase it belongs to."""
        return int(self.number.split(".")[0])

    @property
    def command(self) -> str:
        """Its command, without `fab`: phase3.pop-secrets."""
        return f"phase{self.phase}.{self.name.replace('_', '-')}"

    @property
    def roles(self) -> tuple[On, ...]:
        """The roles whose hosts remember it."""
        if self.on in (On.BOTH, On.PAIR):
            return (On.PRODUCTION, On.STANDBY)
        return (On.PRODUCTION,) if self.on is On.SEAT else (self.on,)

    @property
    def asked_of(self) -> tuple[On, ...]:
        """The roles whose hosts must have come so far: items of the seat, and of the end, are about both."""
        return (On.PRODUCTION, On.STANDBY) if self.on is On.SEAT or self.phase >= WHOLE else self.roles

    @property
    def ends(self) -> tuple[int, int]:
        """Where its time ends on a host: what begins there in this place of the manual or later stands on it."""
        if self.until:
            return order_of(self.until)
        return (self.phase + 1, 0) if self.phase < MENDING else NEVER

    @property
    def order(self) -> tuple[int, int]:
        """Sorts as the manual does: 9.2 before 9.10."""
        return order_of(self.number)


NEVER = (99, 0)
ANY_TIME = "99.0"  # for `until`: nothing stands on it


def order_of(number: str) -> tuple[int, int]:
    """The place of an item's number in the manual: 9.2 before 9.10."""
    phase, step = number.split(".")
    return int(phase), int(step)


DECLARED: dict[str, Item] = {}
ITEMS: dict[str, Item] = {}  # those that are part of the site; all of them until `keep_parts` is told what it has
EXACT = "taken back exactly"


def item(
    number: str,
    ja: str,
    en: str,
    *,
    on: On,
    mark: Literal["M", "W", "+"] = "M",
    undo: str = EXACT,
    beside: bool = False,
    optional: bool = False,
    until_boot: bool = False,
    after: tuple[str, ...] = (),
    until: str = "",
    asks: str = "",
    anyway: Act | None = None,
    keeps: Act | None = None,
    needs: tuple[str, ...] = (),
) -> Callable[[Act], Act]:
    """Declare the decorated function as an item; the order of declaration is the order of work within a phase."""

    def declare(act: Act) -> Act:
        _declare(Item(
            number, act.__name__, ja, en, on, act, mark, undo, beside, optional, False, until_boot, after, until, asks,
            anyway, keeps, needs,
        ))  # fmt: skip
        return act

    return declare


def check_item(number: str, name: str, ja: str, en: str, *, on: On, needs: tuple[str, ...] = ()) -> None:
    """Declare an item that the acceptance suite proves; nothing is changed by it, so there is nothing to undo."""

    def act() -> None:
        """Never called: `proving.prove` runs the suite for all such items of a phase at once."""

    act.__doc__ = en
    _declare(Item(number, name, ja, en, on, act, "M", "nothing is changed", False, False, True, needs=needs))


def _declare(item: Item) -> None:
    DECLARED[item.number] = ITEMS[item.number] = item


def keep_parts(has: Callable[[str], bool]) -> None:
    """Leave only those items that are part of the site, in this process.

    Args:
        has: whether site.toml has what an item needs.
    """
    ITEMS.clear()
    ITEMS.update({number: item for number, item in DECLARED.items() if all(map(has, item.needs))})


def left_out() -> list[str]:
    """Numbers of the items that are not part of this site."""
    return [number for number in DECLARED if number not in ITEMS]


def phases_left_out() -> set[int]:
    """The phases of which nothing is part of this site."""
    return {DECLARED[number].phase for number in left_out()} - {item.phase for item in ITEMS.values()}


def lacking(has: Callable[[str], bool]) -> list[str]:
    """What items need and this site lacks, as site.toml calls it: the subjects that are not part of it."""
    needs = {need for item in DECLARED.values() for need in item.needs}
    return sorted(need.replace("|", " or ") for need in needs if not has(need))


def items_of(phase: int) -> list[Item]:
    """The items of a phase in order of work."""
    return [found for found in ITEMS.values() if found.phase == phase]


def find_item(number: str) -> Item:
    """The item with that number, part of this site or not: what a journal speaks of may have been so.

    Raises:
        SwapError: there is none (exit status 2).
    """
    from irekae.model.errors import wrong_use

    if number not in DECLARED:
        named = {item.command: f"{item.number} ({item.name})" for item in ITEMS.values()}
        named |= {item.name: f"{item.number} ({item.name})" for item in ITEMS.values()}
        like = near(number, ITEMS) or [named[found] for found in near(number, named)]
        raise wrong_use(f"the manual has no item {number!r}", "from 0.1 to 11.2", meant(like, "see `fab status`"))
    return DECLARED[number]


def named_item(number: str) -> Item:
    """The item of this site that an operator names.

    Raises:
        SwapError: there is none (exit status 2).
    """
    if number in left_out():
        raise not_part(DECLARED[number])
    return find_item(number)


def not_part(item: Item) -> "SwapError":
    """The site has nothing that the item is about."""
    from irekae.model.errors import wrong_use

    needs = ", ".join(need.replace("|", " or ") for need in item.needs)
    return wrong_use(f"{item.number} is not part of this site", f"site.toml would have to have: {needs}")

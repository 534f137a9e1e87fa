"""Which options a phase or an item takes: those that mean something there, and no others."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from irekae.model.items import ANNOUNCEMENT, PROOF, Item
from irekae.swap.consent import OUTAGE


@dataclass(frozen=True)
class Given:
    """The options of a phase or an item as they stand on the command line; a name here is the option's name.

    Attributes:
        plan: show what would change, and change nothing.
        as_planned: the stored plan that it is held to, "" for none.
        send: may the announcement be sent.
        yes: is what would be asked confirmed already.
        unwatched: may the outage begin while nobody measures it.
        all_files: show irekae's own files in a plan too, and long ones whole.
        verbose: fold nothing.
    """

    plan: bool = False
    as_planned: str = ""
    send: bool = False
    yes: bool = False
    unwatched: bool = False
    all_files: bool = False
    verbose: bool = False


def taken_by(items: Iterable[Item]) -> list[str]:
    """The options that mean something to one of these items, in the order of `Given`."""
    taken = {name for item in items for name in _of(item)}
    return [field.name for field in fields(Given) if field.name in taken]


def _of(item: Item) -> Sequence[str]:
    sends = item.number == ANNOUNCEMENT
    means = {
        "plan": True,
        "as_planned": 0 < item.phase < PROOF,  # before and behind, nothing is changed that a stored plan could hold
        "send": sends,
        "yes": bool(item.asks) or sends,
        "unwatched": item.asks == OUTAGE,
        "all_files": True,
        "verbose": True,
    }
    return [name for name, does in means.items() if does]


def with_options(command: Callable[..., None], names: Iterable[str]) -> None:
    """Give a command that takes whatever is `Given` the signature from which Fabric makes just these options."""
    how = inspect.Parameter.POSITIONAL_OR_KEYWORD
    known = {field.name: field.default for field in fields(Given)}
    options = [inspect.Parameter(name, how, default=known[name]) for name in names]
    command.__signature__ = inspect.Signature([inspect.Parameter("c", how), *options])  # type: ignore[attr-defined]

"""The commands that carry the manual out: a phase, an item, and going on after a failure."""

import inspect
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from irekae.cli import session
from irekae.cli.entry import plan_asked, show_all
from irekae.cli.options import Given, taken_by, with_options
from irekae.cli.recap import recapped
from irekae.model.errors import wrong_use
from irekae.model.items import ITEMS, Item, items_of
from irekae.model.journal import State
from irekae.model.printing import show
from irekae.procedure import plans
from irekae.procedure.runner import run_item, run_phase
from irekae.procedure.turns import parts_of, roles_of, wanted
from irekae.swap import finished
from irekae.swap.swap import Swap

Command = Callable[..., None]
LAST = 11  # phase


def phase_command(number: int, title: str) -> Command:
    """The command `fab phaseN`."""

    def phase(c: Any, **options: Any) -> None:
        given, began = Given(**options), time.monotonic()
        hosts, swap = _begin(c, given, number, f"phase {number}: {title}")
        if number == 0:
            finished.require_another(swap)
        _want_leave(swap, items_of(number), again=False)
        with recapped(swap):
            run_phase(swap, number, hosts)
            session.end_of(swap, f"phase {number}", time.monotonic() - began, all_files=given.all_files)
        if not swap.planned and (told := finished.said(swap)):
            show(f"{told}: `fab begin` closes it")

    phase.__name__, phase.__doc__ = "all", title
    with_options(phase, taken_by(items_of(number)))
    return phase


def item_command(item: Item) -> Command:
    """The command `fab phaseN.NAME`."""

    def one(c: Any, **options: Any) -> None:
        given, began = Given(**options), time.monotonic()
        hosts, swap = _begin(c, given, item.phase)
        _want_leave(swap, [item], again=True)
        with recapped(swap):
            run_item(swap, item, hosts)
            session.end_of(swap, item.number, time.monotonic() - began, item.number, given.all_files)

    one.__name__, one.__doc__ = item.name, _told_of(item)
    with_options(one, taken_by([item]))
    return one


def _want_leave(swap: Swap, items: Sequence[Item], again: bool) -> None:
    """Before anything of it is done, what --send would send is looked at and asked for."""
    if not swap.send or swap.planned:
        return
    # Imported here, for it takes long and most commands do without.
    from irekae.report import announcing

    if any(item.number == announcing.ANNOUNCES and parts_of(swap, item, item.roles, again) for item in items):
        announcing.want_leave(swap)


def _told_of(item: Item) -> str:
    """A line for the list, then what the item does; a check is what its title says."""
    does = "" if item.check else inspect.getdoc(item.act) or ""
    return f"{item.number} {item.en}\n\n{does}".strip()


def _begin(c: Any, given: Given, phase: int, title: str = "") -> tuple[list[str], Swap]:
    """The hosts that were named, and the swap; what it is held to still holds."""
    show_all(given.verbose)
    hosts = session.hosts_of(c)
    swap = session.connected(plan_asked(given.plan), hosts, given.send, given.yes, given.unwatched)
    if title:
        show(title)
    if given.as_planned:
        plans.require_unchanged(swap, Path(given.as_planned), phase)
    return hosts, swap


def resume(
    c: Any,
    plan: bool = False,
    through: int = -1,
    yes: bool = False,
    unwatched: bool = False,
    all_files: bool = False,
    verbose: bool = False,
) -> None:
    """Go on at the first item that is not done, to the end of the phase that was begun; --through N goes further."""
    show_all(verbose)
    hosts = session.hosts_of(c)
    if not -1 <= through <= LAST:
        raise wrong_use(f"--through {through}: phases go from 0 to {LAST}")
    swap = session.connected(plan_asked(plan), hosts, yes=yes, unwatched=unwatched)
    last = through if through >= 0 else _begun(swap, hosts)
    left = [number for number in range(last + 1) if is_left(swap, number, hosts)]
    with recapped(swap) if left else nullcontext():
        for number in left:
            show(f"phase {number}")
            run_phase(swap, number, hosts)
    if swap.planned:
        plans.show_plan(swap, whole=all_files)
        plans.want_no_refusal(swap)
    elif not left:
        _say_what_is_next(swap, hosts)


def _begun(swap: Swap, hosts: Sequence[str]) -> int:
    """The last phase that has begun on these hosts; -1 for none."""
    roles = roles_of(swap, hosts)
    begun = [
        item.phase
        for item in ITEMS.values()
        for role in item.roles
        if role in roles and not item.optional and _is_begun(swap.state(item, role).state)
    ]
    return max(begun, default=-1)


def _is_begun(state: State) -> bool:
    return state.begun and state is not State.BY_HAND


def is_left(swap: Swap, phase: int, hosts: Sequence[str] = ()) -> bool:
    """Has a phase anything left to be done on these hosts."""
    roles = roles_of(swap, hosts)
    pending = [item for item in items_of(phase) if not item.optional and wanted(item, roles)]
    return any(parts_of(swap, item, roles, again=False) for item in pending)


def _say_what_is_next(swap: Swap, hosts: Sequence[str]) -> None:
    """Nothing was interrupted: to begin the next phase is not what resuming means."""
    following = next((number for number in range(LAST + 1) if is_left(swap, number, hosts)), None)
    if following is None:
        show(f"nothing is left to be done: {finished.said(swap) or 'every item is settled'}")
    else:
        where = f"-H {','.join(hosts)} " if hosts else ""
        show(f"nothing was interrupted: what has begun is done. Next: `fab {where}phase{following}`")

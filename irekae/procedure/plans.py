"""Plans: shown, stored, held against the hosts later, and used to verify what a person did by hand."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from irekae.host.overlay import Planned
from irekae.host.record import PlannedChange
from irekae.model import seat_files
from irekae.model.clock import here
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import now
from irekae.model.printing import show
from irekae.model.typed import decoded
from irekae.procedure.plan_view import arranged, in_order_of_work, show_arranged
from irekae.procedure.runner import act_planned, plan_before
from irekae.swap.swap import Swap

Mended = tuple[On, str]  # whose file, and its path


class StoredPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as `fab plan --out` stores it."""

    made: str
    run: str
    changes: list[PlannedChange]


def show_plan(swap: Swap, only: str = "", whole: bool = False) -> None:
    """Print the changes of this plan: diffs, commands, services, what would be deleted.

    Args:
        swap: with its plan, which may hold earlier phases too, on top of which it was made.
        only: "phase 5" or an item number.
        whole: irekae's own files and long lists too.
    """
    wanted = [change for change in swap.plan if not only or _belongs(change, only)]
    show_arranged(arranged(in_order_of_work(wanted)), whole)
    earlier = len(swap.plan) - len(wanted)
    show(
        f"plan: {counted(wanted)}; nothing was changed"
        + (f" ({earlier} of earlier phases not shown)" if earlier else "")
    )


def counted(changes: Sequence[PlannedChange]) -> str:
    """How many changes, and how many things that would be refused."""
    refused = sum(change.refused for change in changes)
    return f"{len(changes) - refused} changes" + (f", {refused} refused" if refused else "")


def want_no_refusal(swap: Swap) -> None:
    """A plan that would be refused somewhere is told at its end, earlier phases included.

    Raises:
        SwapError: with every refusal; exit status 3.
    """
    refused = list(dict.fromkeys(_line(change) for change in swap.plan if change.refused))
    if refused:
        raise SwapError(
            f"{len(refused)} thing{'s' if len(refused) > 1 else ''} of this plan would be refused",
            "\n".join(refused),
            "bring each right as it says, then the plan again",
            Status.REFUSED,
        )


def _belongs(change: PlannedChange, only: str) -> bool:
    return change.item == only or f"phase {change.item.split('.')[0]}" == only


def plan_all(swap: Swap) -> None:
    """Plan every item that is not done."""
    plan_before(swap, 12)


def store(swap: Swap, out: Path) -> None:
    """Keep a plan, whole, for `--as-planned`.

    Raises:
        SwapError: the file cannot be written (exit status 2).
    """
    stored = StoredPlan(now(), str((swap.run or {}).get("id", "")), _storable(swap.plan))
    if not out.parent.is_dir():
        raise wrong_use(
            f"{out} cannot be written", f"there is no folder {out.parent}", "--out FILE in one that is there"
        )
    seat_files.write_json(out, stored)
    show(f"plan: {counted(swap.plan)} stored in {out}")


def _storable(changes: Sequence[PlannedChange]) -> list[PlannedChange]:
    """Process numbers and the like differ from minute to minute: sessions and processes are not held to a plan."""
    return [change for change in changes if not change.item.startswith(("0.", "1.1", "1.2"))]


def require_unchanged(swap: Swap, path: Path, phase: int) -> None:
    """Refuse a phase if it would now do other things than the stored plan says.

    Raises:
        SwapError: with the differences; exit status 3, and nothing was changed.
    """
    try:
        stored = decoded(path.read_bytes(), StoredPlan)
    except (OSError, msgspec.DecodeError) as error:
        raise wrong_use(f"{path} is no stored plan", str(error), "`fab plan --out FILE` makes one") from None
    run = str((swap.run or {}).get("id", ""))
    if stored.run not in ("", run):
        raise wrong_use(f"{path} is a plan of another swap ({stored.run})", f"this one is {run or 'not begun'}")
    view = swap.as_plan()
    plan_before(view, phase + 1)
    was = {_key(change): change for change in stored.changes if _belongs(change, f"phase {phase}")}
    is_ = {_key(change): change for change in _storable(view.plan) if _belongs(change, f"phase {phase}")}
    # What a person or an earlier attempt did meanwhile needs no doing; what is new or other was never agreed to.
    added = [is_[key] for key in is_ if key not in was]
    gone = [was[key] for key in was if key not in is_ and not _settled(swap, was[key])]
    if added or gone:
        lines = [f"not planned: {_line(change)}" for change in added] + [
            f"planned, not needed now: {_line(change)}" for change in gone
        ]
        raise SwapError(
            f"phase {phase} would not do what {path} says: the hosts have changed since {here(stored.made)}",
            "\n".join(lines),
            f"look at the differences, then `fab plan --out {path}`",
            Status.REFUSED,
        )


def _settled(swap: Swap, change: PlannedChange) -> bool:
    item = ITEMS[change.item]
    return any(
        swap.state(item, role).state.settled for role in item.roles if swap.name_in(item.phase, role) == change.host
    )


def _line(change: PlannedChange) -> str:
    return "\n".join([f"{change.item} {change.host}: {change.what}", *(f"    {line}" for line in change.lines[:40])])


def _key(change: PlannedChange) -> str:
    """What is done, all of it; not how a plan sorts it."""
    return hashlib.sha256(msgspec.json.encode(replace(change, file=None))).hexdigest()


def what_is_left(swap: Swap, item: Item, roles: Sequence[On]) -> tuple[list[str], list[Mended]]:
    """What the item's own verbs would still do on these hosts: nothing, if a person did it right by hand.

    Returns:
        That; and the files that a person has made otherwise than we would, which his word makes right.
    """
    if item.number == "6.1" and not swap.exchanged:
        return ["the machines still bear the names that they had before the swap"], []
    if item.check or item.phase == 6:
        return [], []
    view = swap.as_plan()
    grounds = {role: ground for role in roles if isinstance(ground := view.host(item, role).record.ground, Planned)}
    for ground in grounds.values():
        ground.trusting = True
    if item.anyway:
        for role in roles:
            item.anyway(view.host(item, role), view)
        view.plan.clear()
    act_planned(view, item, roles)
    names = {swap.name_in(item.phase, role) for role in roles}
    left = [_line(change) for change in view.plan if change.host in names and not change.routine]
    return left, [(role, path) for role, ground in grounds.items() for path in ground.mended]

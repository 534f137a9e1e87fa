"""What a rollback would take back, shown beforehand: every undo is tried in a plan, and nothing is changed."""

from collections.abc import Iterator, Sequence

from irekae.host.host import Host
from irekae.host.overlay import File, Ground, Planned
from irekae.host.record import OfFile, PlannedChange
from irekae.model.differences import diff
from irekae.model.items import EXCHANGE_PHASE, Item, On, find_item
from irekae.model.journal import Entry, State
from irekae.model.legible import line as one_line
from irekae.model.printing import show
from irekae.model.secrecy import blanked
from irekae.procedure.others_work import refuse_over_others_work
from irekae.procedure.plan_view import arranged, show_arranged
from irekae.procedure.rollback import (
    ROLES,
    Heed,
    alone,
    changes_of,
    items_from,
    refuse_behind_no_return,
    stays,
)
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.swap.swap import Swap

Change = tuple[Host, Entry]  # bound to its item
STAYS, TAKES_BACK = "stays (nothing takes it back): ", "undo: "


def plan_rollback(swap: Swap, phase: int, keep: Sequence[str] = (), whole: bool = False) -> None:
    """Show what `rollback` would take back; nothing is changed. whole: nothing is folded.

    Raises:
        SwapError: what `rollback` would refuse.
    """
    refuse_behind_no_return(swap)
    wanted = items_from(phase)
    heed = refuse_over_others_work(swap, wanted, (), keep, f"--to phase{phase}")
    parts = [[item for item in wanted if (item.phase > EXCHANGE_PHASE) is later] for later in (True, False)]
    changes = [change for part in parts for role in ROLES for change in _bound(swap, role, part)]
    if phase <= EXCHANGE_PHASE and swap.exchanged:
        show("both hosts would go back to the names and addresses that they had before phase 6")
    _show_plan(swap, f"--to phase{phase}", changes, heed, [(role, item) for role in ROLES for item in wanted], whole)


def plan_rollback_item(
    swap: Swap, number: str, hosts: Sequence[str], keep: Sequence[str] = (), whole: bool = False
) -> None:
    """Show what `rollback_item` would take back; nothing is changed. Arguments and errors as there and above."""
    item, roles, heed = alone(swap, number, hosts, keep)
    changes = [change for role in roles for change in _bound(swap, role, [item])]
    _show_plan(swap, f"--item {number}", changes, heed, [(role, item) for role in roles], whole)


def _show_plan(
    swap: Swap,
    asked: str,
    changes: Sequence[Change],
    heed: Heed,
    of: Sequence[tuple[On, Item]],
    whole: bool,
) -> None:
    undone = [
        f"{item.number} {swap.entry_for(item.phase, role).name}"
        for role, item in of
        if role in item.roles and swap.remembered(item, role).state is not State.NOT_DONE
    ]
    _show(asked, _tried(swap, changes, heed), undone, whole)


def _bound(swap: Swap, role: On, items: Sequence[Item]) -> list[Change]:
    """What these items changed on a host, newest first, each with the host bound to its item."""
    found = [change for item in items if role in item.roles for change in changes_of(swap, role, item)]
    found.sort(key=lambda change: int(change["n"]), reverse=True)
    return [(swap.host(find_item(change["item"]), role), change) for change in found]


def _tried(swap: Swap, changes: Sequence[Change], heed: Heed) -> list[PlannedChange]:
    """What the undo of each change would do, in that order, on hosts as they would be by then."""
    grounds: dict[str, Planned] = {}
    found = []
    for host, change in changes:
        ground = grounds.setdefault(host.link.entry.name, Planned(host.link))
        found.append(_taken_back(swap, host, ground, change, heed()))
    return found


def _taken_back(swap: Swap, host: Host, ground: Ground, change: Entry, found: Found) -> PlannedChange:
    undo = change["undo"]
    paths = _paths(undo)
    before = {path: _file(ground, path) for path in paths}
    undo_change(swap, host, ground, change, found)
    lines = [line for path in paths for line in _differs(host, path, before[path], _file(ground, path), undo)]
    what = f"{STAYS if stays(undo) else TAKES_BACK}{change['what']}"
    file = OfFile(_fit(paths[0]), own=_fit(str(change.get("own", "")))) if paths else None
    return PlannedChange(change["item"], host.link.entry.name, _fit(what), tuple(map(_fit, lines)), file=file)


def _fit(text: str) -> str:
    """What comes from a host or its journal as one line that may be shown."""
    return one_line(blanked(text))


def _paths(undo: Entry) -> list[str]:
    """The files that it is about; a service's script and the notes beside its boot links are none."""
    if undo.get("kind") == "rename":
        return [str(undo["target"])]
    return list(undo.get("kept", {})) if undo.get("kind") == "restore" else []


def _file(ground: Ground, path: str) -> File | None:
    state = ground.stat(path)
    return ground.read(path) if state and state.get("kind", "file") == "file" else None


def _differs(host: Host, path: str, now: File | None, then: File | None, undo: Entry) -> Iterator[str]:
    """A diff, or in words what a file that not everybody may read, before or now, becomes; and a change of mode."""
    kept = undo.get("kept", {}).get(path)
    modes = [int(state["mode"]) for state in (now and now.state, then and then.state, kept) if state]
    if undo.get("kind") == "restore":
        secret = host.record.secrecy(path, _least(modes))
        yield from diff(path, now.data if now else b"", then.data if then else b"", secret)
    if now and then and now.state["mode"] != then.state["mode"]:
        yield f"mode {now.state['mode']:04o} → {then.state['mode']:04o}"


def _least(modes: Sequence[int]) -> int:
    """What all of these modes allow."""
    allowed = 0o7777
    for mode in modes:
        allowed &= mode
    return allowed


def _show(asked: str, changes: Sequence[PlannedChange], undone: Sequence[str], whole: bool = False) -> None:
    show_arranged(arranged(changes, names_move=False), whole)
    if undone:
        show(f"not done any more afterwards: {', '.join(undone)}")
    left = sum(change.what.startswith(STAYS) for change in changes)
    kept = f", {left} stay" if left else ""
    show(f"rollback {asked}: {len(changes) - left} changes would be taken back{kept}; nothing was changed")

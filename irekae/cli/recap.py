"""The end of a command that carries something out: what became of its items on each host, what comes next and whose."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from irekae.model import printing
from irekae.model.clock import zone
from irekae.model.items import ANNOUNCEMENT, ITEMS, Item, On, items_of
from irekae.model.journal import SENT, State
from irekae.model.printing.events import Bearer, Recap
from irekae.procedure.people import SENDS, who
from irekae.procedure.turns import parts_of, wanted
from irekae.swap.swap import Swap

# In this order: what a tired person must not miss stands last, beside what comes next.
COUNTED = {
    State.DONE: "done", State.NOTHING: "nothing to do", State.BY_HAND: "by hand", State.WAIVED: "waived",
    State.NOT_DONE: "taken back", State.UNKNOWN: "unknown", State.FAILED: "failed",
}  # fmt: skip
PHASES = range(12)
READ_FIRST = 5  # a phase whose plan is read by the teams before it is carried out


@contextmanager
def recapped(swap: Swap) -> Iterator[None]:
    """What is carried out within is summed up, also where it fails: then the error itself says what comes next."""
    swap.outcomes.clear()
    try:
        yield
    except BaseException:
        _tell(swap, "", "")
        raise
    _tell(swap, *following(swap))


def _tell(swap: Swap, comes: str, who: str) -> None:
    if swap.planned or not (swap.outcomes or comes):
        return
    counted: dict[str, tuple[Bearer, Counter[tuple[State, bool]]]] = {}
    for spot, outcome in swap.outcomes:
        for bearer in spot.bearers:
            # The names may have moved since: a machine is known by its first one, and shown with its last.
            _, counts = counted.get(bearer.first, (bearer, Counter()))
            counts[outcome.state, outcome.before and outcome.state in (State.DONE, State.NOTHING)] += 1
            counted[bearer.first] = (bearer, counts)
    hosts = tuple((bearer, tuple(_said(counts))) for _, (bearer, counts) in sorted(counted.items()))
    printing.recap(Recap(hosts, comes, who, zone()))


def _said(counts: Counter[tuple[State, bool]]) -> Iterator[tuple[State, str]]:
    for state, word in COUNTED.items():
        if counts[state, False]:
            yield state, f"{counts[state, False]} {word}"
    if before := sum(count for (_, was), count in counts.items() if was):
        yield State.NOTHING, f"{before} done before"


def following(swap: Swap) -> tuple[str, str]:
    """The command that comes next, and who may give it; empty where nothing does, or a host is not connected."""
    if len(swap.links) < len(swap.inventory.pair):
        return "", ""
    for phase in PHASES:
        if roles := [role for role in (On.PRODUCTION, On.STANDBY) if _is_left(swap, phase, role)]:
            where = "" if set(roles) == _roles_of(phase) else f"-H {swap.name_in(phase, roles[0])} "
            plan = f"`fab {where}phase{phase} --plan`, then " if phase == READ_FIRST else ""
            return f"{plan}`fab {where}phase{phase}`", who(
                phase, swap.inventory.production.name, swap.inventory.standby.name
            )
    if any(entry.get("event") == SENT for journal in swap.entries.values() for entry in journal):
        return "", ""  # a finished swap says itself what closes it
    if ANNOUNCEMENT not in ITEMS:
        return "`fab report`", ""
    return "`fab report`, then `fab phase11.mail --send`", SENDS


def _items(phase: int, role: On) -> list[Item]:
    return [item for item in items_of(phase) if not item.optional and wanted(item, (role,))]


def _roles_of(phase: int) -> set[On]:
    return {role for role in (On.PRODUCTION, On.STANDBY) if _items(phase, role)}


def _is_left(swap: Swap, phase: int, role: On) -> bool:
    return any(parts_of(swap, item, (role,), again=False) for item in _items(phase, role))

"""Before the outage, the exchange, the point of no return, a way back and the announcement a person says so.

What he is shown says what will happen, and how the hosts are just now. Asking there is not this module's: whoever asks
for a word brings it along (`procedure/before_word.py`).
"""

from collections.abc import Callable, Sequence

from irekae.model.errors import Status, SwapError, typed
from irekae.model.items import ITEMS, NO_RETURN, Item, On
from irekae.model.journal import State
from irekae.model.printing import ask, is_attended, show
from irekae.swap.gates import Part
from irekae.swap.swap import Swap

# What will happen, by the word that an operator types to let it.
OUTAGE, ROLLBACK, SEND = "outage", "rollback", "send"
WILL_HAPPEN = {
    OUTAGE: "users are logged out, their processes ended, web, POP and mail stop: the outage begins",
    "exchange": "the two machines exchange names and addresses; all but you have logged out of both",
    "reboot": "hosts reboot; from production's reboot on mail arrives there, and there is no way back",
    ROLLBACK: "what was done is taken back, newest first; what others changed since stays",
    SEND: "the announcement goes out to everybody on the list; a mail that is sent does not come back",
}
Table = list[tuple[str, list[str]]]  # what each part is called, and its lines
Seen = Callable[[Swap], Table]
MOST = 10  # items that are told one by one


def require(swap: Swap, parts: Sequence[Part], seen: Seen) -> None:
    """Let the operator confirm what these items begin; what has begun already is gone on with, unasked.

    Args:
        swap: its `yes` says that the command line has confirmed it (--yes).
        parts: what is about to be carried out.
        seen: how the hosts are just now, asked for only if somebody is there to see it.

    Raises:
        SwapError: it was not confirmed, or nobody is there to be asked; exit status 3, and nothing was changed.
    """
    words = dict.fromkeys(item.asks for item, part in parts if item.asks and _begins(swap, item, part))
    for word in () if swap.planned else words:
        confirm(swap, word, [(item, part) for item, part in parts if item.asks == word], seen)


def begins_outage(swap: Swap, parts: Sequence[Part]) -> bool:
    """Is this what begins the outage."""
    return any(item.asks == OUTAGE and _begins(swap, item, part) for item, part in parts)


def _begins(swap: Swap, item: Item, part: Sequence[On]) -> bool:
    """Is this what begins it on one of the hosts; a reboot that is due again, or done and repeated, is another one."""
    kind = [other for other in ITEMS.values() if other.asks == item.asks]
    return any(_is_new(swap, kind, role) or _repeats_reboot(swap, item, role) for role in part)


def _is_new(swap: Swap, kind: Sequence[Item], role: On) -> bool:
    states = [swap.state(item, role) for item in kind if role in item.roles]
    return not any(state.state.begun and not state.due_again for state in states)


def _repeats_reboot(swap: Swap, item: Item, role: On) -> bool:
    return item.number == NO_RETURN and swap.state(item, role).state.settled


def confirm(swap: Swap, word: str, parts: Sequence[Part], seen: Seen) -> None:
    """Let the operator type the word that lets these items happen, unless --yes has said so.

    Raises:
        SwapError: as `require`.
    """
    if swap.yes:
        return
    hint = f"`{typed()} --yes` does it without a question"
    if not is_attended():
        raise SwapError(f"nobody is there to confirm: {WILL_HAPPEN[word]}", _shown(swap), hint, Status.REFUSED)
    happens = [WILL_HAPPEN[word], *_doing(swap, parts)]
    for line in _lines([("What will happen", happens), ("Where it stands", _shown(swap).splitlines()), *seen(swap)]):
        show(line)
    said = ask(f"Type {word} to go on:")
    if said != word:
        raise SwapError("not confirmed: nothing was changed", f"typed: {said!r}, wanted: {word}", hint, Status.REFUSED)


def _doing(swap: Swap, parts: Sequence[Part]) -> list[str]:
    """The items, a line each, with the hosts that they are for; of many, a line for each phase."""
    hosts: dict[str, list[str]] = {}
    for item, part in parts:
        names = hosts.setdefault(item.number, [])
        names += [name for role in part if (name := swap.entry_for(item.phase, role).name) not in names]
    if len(hosts) <= MOST:
        return [f"{number} {ITEMS[number].en} ({', '.join(sorted(names))})" for number, names in hosts.items()]
    phases: dict[int, list[str]] = {}
    for number in hosts:
        phases.setdefault(ITEMS[number].phase, []).append(number)
    return [f"phase {phase}: {', '.join(numbers)}" for phase, numbers in phases.items()]


def _lines(table: Table) -> list[str]:
    """A table of two columns: what each part is called stands at its first line."""
    wide = max(len(name) for name, _ in table)
    return [
        f"  {name if number == 0 else '':{wide}}  {line}" for name, lines in table for number, line in enumerate(lines)
    ]


def _shown(swap: Swap) -> str:
    """Where the swap stands, a line for each machine."""
    lines = []
    for entry in swap.inventory.pair:
        link = swap.links[entry.name]
        was = swap.origin(entry.name)
        before = f", {was} before the swap" if was != entry.name else ""
        machine = str(link.facts["machine_id"])[:8]
        lines.append(f"{entry.name} {entry.address} (machine {machine}{before}): {_far(swap, entry.name)}")
    return "\n".join(lines)


def _far(swap: Swap, name: str) -> str:
    """The last phase of which all is settled on the machine of that name."""
    reached = "nothing is done yet"
    for phase in range(12):
        states = [
            swap.state(item, role).state
            for item in ITEMS.values()
            for role in item.roles
            if item.phase == phase and not item.optional and swap.entry_for(phase, role).name == name
        ]
        if any(not state.settled for state in states):
            begun = any(state.begun or state is State.RUNNING for state in states)
            return f"{reached}, phase {phase} has begun" if begun else reached
        if states:
            reached = f"done up to phase {phase}"
    return reached

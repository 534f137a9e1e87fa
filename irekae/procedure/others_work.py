"""What others have changed since, looked at before a rollback takes anything back."""

from collections.abc import Callable, Sequence

from irekae import subjects
from irekae.host.overlay import Planned
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.model.journal import Entry, undoable
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.swap.swap import Swap


def refuse_over_others_work(
    swap: Swap, items: Sequence[Item], hosts: Sequence[str], keep: Sequence[str], asked: str
) -> Callable[[], Found]:
    """Look at every change that is to be taken back, before the first one is.

    Args:
        swap: connected to the pair.
        items: what is taken back.
        hosts: names of hosts on which, as the items know them; both when empty.
        keep: files and services in which others' changes stay.
        asked: how `fab rollback` was called, for the next step.

    Returns:
        Makes, for one undo after the other, what it has to heed.

    Raises:
        SwapError: others' work since touches what is taken back; exit status 3, and nothing was changed.
    """
    # Root's door may have closed by itself, which is no stranger's work.
    keepers = {swap.site.root_door.sshd_config: subjects.without_door, subjects.root_door.KEYS: subjects.without_key}

    def heed(alone: frozenset[str] = frozenset()) -> Found:
        return Found(frozenset(keep), keepers, set(alone))

    _, alone = _look(swap, items, hosts, heed)
    # Who clashes in one file of accounts stays in all, in those too that come before it in reverse.
    clashes, alone = _look(swap, items, hosts, lambda: heed(alone))
    if clashes:
        raise _refusal(clashes, keep, asked)
    return lambda: heed(alone)


def _look(
    swap: Swap, items: Sequence[Item], hosts: Sequence[str], heed: Callable[[], Found]
) -> tuple[dict[tuple[str, str], list[str]], frozenset[str]]:
    """What clashes, by host and by path or service; and the accounts that stay."""
    clashes: dict[tuple[str, str], list[str]] = {}
    alone = frozenset[str]()
    for name, changes in _changes(swap, items, hosts).items():
        ground, found = Planned(swap.links[name]), heed()
        for item, role, change in sorted(changes, key=lambda three: int(three[2]["n"]), reverse=True):
            undo_change(swap, swap.host(item, role), ground, change, found)
        clashes |= {(name, what): lines for what, lines in found.clashes.items()}
        alone |= found.alone
    return clashes, alone


def _changes(swap: Swap, items: Sequence[Item], hosts: Sequence[str]) -> dict[str, list[tuple[Item, On, Entry]]]:
    """What would be taken back, by the name that the machine bears just now."""
    found: dict[str, list[tuple[Item, On, Entry]]] = {}
    for item in items:
        for role in item.roles:
            name = swap.entry_for(item.phase, role).name
            if not hosts or swap.name_in(item.phase, role) in hosts:
                ours = [change for change in undoable(swap.entries[name]) if change["item"] == item.number]
                found.setdefault(name, []).extend((item, role, change) for change in ours)
    return found


def _refusal(clashes: dict[tuple[str, str], list[str]], keep: Sequence[str], asked: str) -> SwapError:
    lines = []
    for (host, what), told in clashes.items():
        lines += [f"{what} on {host}:", *(f"  {one}" for one in told)]
    names = ",".join(sorted({*keep, *(what for _, what in clashes)}))
    return SwapError(
        "others have changed what is to be taken back; nothing was changed",
        "\n".join(lines),
        "bring these right by hand, as they were before or as we left them, then the same command again; or leave them "
        f"as they are and take back the rest: fab rollback {asked} --keep {names}",
        Status.REFUSED,
    )

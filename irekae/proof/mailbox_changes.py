"""A mailbox that differs: mail that arrived, mail that its owner took, and what no use explains. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable

from irekae.model.legible import legible
from irekae.proof.changes_since_copy import FEW, Listed, Reason, some

ARRIVED = Reason("mail that arrived since")
FOLDERS = ("dir ", "mbox ")


Removed = Callable[[], int]
"""How many messages the owner's sessions removed since, by the log of the mail programs: asked where it matters."""


def mailbox_reason(
    original: Iterable[Listed], copy: Iterable[Listed], since: float, most: int, removed: Removed
) -> Reason:
    """Why a mailbox differs from the original that it was copied from.

    A message keeps its name, its size, its owner and its mode, whoever reads it; one that a program moved under another
    name is known by its time.

    Args:
        original: what the old machine's holds: name without flags, description, time.
        copy: the same of the new one.
        since: from when on the copy was in use, seconds since 1970.
        most: messages that may be gone by use, though no session is known that removed them.
        removed: those that sessions removed.
    """
    here = {name: (line, when) for name, line, when in copy}
    touched = max((when for line, when in here.values() if line.startswith(FOLDERS)), default=0)
    other: list[str] = []
    lost: list[tuple[str, tuple[str, int]]] = []
    total = 0
    for name, line, when in original:
        is_folder = line.startswith(FOLDERS)
        total += not is_folder
        now = here.pop(name, None)
        if now is None and not is_folder:
            lost.append((name, (line, when)))
        elif now is not None and now[0] != line:
            other.append(f"{legible(name)} ({line}, now {now[0]})")
    if other:
        what = f"{len(other)} have another size, owner or mode than on the old machine: {some(sorted(other))}"
        return Reason(what, expected=False)
    return _taken(_gone(lost, Counter(here.values())), total, touched >= since, most, removed)


def _gone(lost: list[tuple[str, tuple[str, int]]], added: Counter[tuple[str, int]]) -> list[str]:
    """The messages that are there under no other name either."""
    gone = []
    for name, seen in lost:
        if added[seen] > 0:
            added[seen] -= 1
        else:
            gone.append(legible(name))
    return sorted(gone)


def _taken(gone: list[str], total: int, touched: bool, most: int, removed: Removed) -> Reason:
    if not gone:
        return ARRIVED
    if not touched:
        what = f"{len(gone)} mails are missing though nobody touched the mailbox since the copy"
        return Reason(what, expected=False)
    return taken(len(gone), total, most, removed, some(gone))


def taken(gone: int, total: int, most: int, removed: Removed, which: str = "") -> Reason:
    """Mail that is no longer there. Without a session that removed it nobody takes so much: a quarter, or `most`.

    A POP client fetches and deletes everything every few minutes: what the log says was removed so is no loss.
    """
    usual = min(most, max(FEW, total // 4))
    if gone <= usual:
        return Reason(f"{gone} mails were fetched, moved or deleted since")
    logged = removed()
    if gone <= usual + logged:
        return Reason(f"{gone} mails were fetched, moved or deleted since: the log has sessions that removed {logged}")
    shown = f": {which}" if which else ""
    return Reason(f"{gone} of {total} mails are gone: their owner took them, or they are lost{shown}", expected=False)

"""What others did to a file since we last wrote it: merged with what we want of it, or refused, never written over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from irekae.host.merge import Clash, merge
from irekae.host.overlay import Planned
from irekae.host.record import Record
from irekae.host.remote import decode
from irekae.model.errors import SwapError
from irekae.model.journal import Entry, undoable
from irekae.model.printing.events import Kind

# Events that only somebody who had carried a change out can have written behind it.
_AFTER = ("change", "done", "nothing", "by hand")


@dataclass(frozen=True)
class Ours:
    """What we last wrote to a path.

    Attributes:
        data: the contents; None where we removed it.
        wanted: what we wanted them to be before others' changes were merged in.
        certain: whether it is known to have been written; a change is announced before it is made.
        state: the mode, uid and gid that we gave it.
    """

    data: bytes | None
    wanted: bytes | None
    certain: bool
    state: dict[str, int]


def last_written(record: Record, path: str, phase: int | None = None) -> Ours | None:
    """What we last wrote to a path, in one phase or in all; None if we have not."""
    for entry in undoable(record.entries):
        wrote = entry["undo"].get("wrote", {})
        if path in wrote and phase in (None, entry["phase"]):
            data = _contents(record, entry, path) if wrote[path] else None
            wanted = _contents(record, entry, path, wanted=True) if wrote[path] else None
            return Ours(data, wanted, _carried_out(record.entries, entry), wrote[path] or {})
    return None


def undo_has_begun(record: Record) -> bool:
    """Was the item being taken back by a call that was ended: what is missing of it, nobody else has removed."""
    mine = [entry for entry in record.entries if entry.get("item") == record.item]
    last = max((number for number, entry in enumerate(mine) if entry.get("event") == "change"), default=len(mine))
    return any(entry.get("event") == "unknown" for entry in mine[last + 1 :])


def _contents(record: Record, entry: Entry, path: str, wanted: bool = False) -> bytes | None:
    found = record.link.ask("written", n=entry["n"], path=path, wanted=wanted)
    return decode(found["data"]) if found else None


def _carried_out(entries: Sequence[Entry], change: Entry) -> bool:
    """Is a change known to have been made: whoever announced it has gone on."""
    behind = entries[entries.index(change) + 1 :]
    return next((entry.get("event") in _AFTER for entry in behind if entry.get("item") == change["item"]), False)


@dataclass(frozen=True)
class Agreed:
    """What to write to a path that others have changed. mended: they had the last word where the two touch."""

    data: bytes
    mended: bool = False


def merged_with_theirs(
    record: Record,
    path: str,
    now: bytes,
    wanted: bytes,
    before: bytes | None,
    secret: bool,
    phase: int | None = None,
    whose: str = "",
) -> Agreed:
    """What to write to a path that somebody has changed: what we want, and what they did.

    Args:
        record: of the item that writes.
        path: the file.
        now: what stands there.
        wanted: what the item wants to stand there.
        before: what stood there before we wrote anything, None if nothing did.
        secret: never show a text.
        phase: look only at what we wrote in this phase.
        whose: who knows the file, for the refusal.

    Raises:
        SwapError: the two touch, and nobody has looked at it yet; the three are shown, nothing is changed.
    """
    if _taken_over(record, path):
        return Agreed(now)
    ours = last_written(record, path, phase)
    base = ours.wanted if ours and (ours.certain or ours.data == now) else before
    merged = merge(path, base or b"", wanted, now)
    if ours is None or ours.data != now:
        record.note(f"{path} was edited by somebody else since: what they did stays", Kind.WARNING)
    if merged.clashes and not _mended(record, path, now):
        keep(record, "clash", path)
        raise _refusal(record, path, merged.clashes, secret, whose)
    return Agreed(merged.data, bool(merged.clashes))


def keep(record: Record, event: str, path: str) -> None:
    """Remember a file as somebody made it: `clash`, refused; `mended`, left to him from now on."""
    if isinstance(record.ground, Planned):
        if event == "mended":
            record.ground.mended.append(path)
    else:
        record.event(event, path=path, n=record.link.ask("checkpoint", paths=[path])["n"])


def keep_as_mended(record: Record, path: str) -> None:
    """A file stays as it is now: a person has brought it right himself."""
    keep(record, "mended", path)


def _last_word(record: Record, path: str) -> Entry | None:
    """The last thing written down of a path in this phase: a clash, its end, or a change of ours."""
    for entry in reversed(record.entries):
        if entry.get("phase") == record.phase and (
            (entry.get("event") in ("clash", "mended") and entry.get("path") == path)
            or (entry.get("event") == "change" and path in entry["undo"].get("wrote", {}))
        ):
            return entry
    return None


def _taken_over(record: Record, path: str) -> bool:
    """Has a person brought the file right himself in this phase: then it stays as he made it (D7)."""
    ours = [entry for entry in record.entries if entry.get("phase") == record.phase]
    undone = max((number for number, entry in enumerate(ours) if entry.get("event") == "undone"), default=-1)
    return any(entry.get("event") == "mended" and entry.get("path") == path for entry in ours[undone + 1 :])


def _mended(record: Record, path: str, now: bytes) -> bool:
    """Has a person touched the file since it was refused, or said that it is right (`fab done`)."""
    if isinstance(record.ground, Planned) and record.ground.trusting:
        return True
    last = _last_word(record, path)
    if last is None or last["event"] != "clash":
        return False
    seen = record.link.ask("kept", n=last["n"], path=path)
    return seen is not None and decode(seen["data"]) != now


def _refusal(record: Record, path: str, clashes: Sequence[Clash], secret: bool, whose: str) -> SwapError:
    name = record.host
    return SwapError(
        f"{path} on {name} was edited by somebody else, where {record.item} edits it too",
        "\n".join(line for clash in clashes for line in clash.shown(secret)),
        f"bring those lines right by hand, then the same command again goes on and leaves them so; if they are right "
        f'as they stand: `fab done {record.item} --host {name} --why "…"`{whose}',
    )

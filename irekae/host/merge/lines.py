"""Merges line by line, for ordinary text.

Not by a package: those that there are (merge3, as diff3 and git do) call two neighbouring lines a conflict. In a
configuration file each line speaks for itself, and who adds a line usually adds it beside one that is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from irekae.host.merge.clash import Clash, Merged


@dataclass(frozen=True)
class _Hunk:
    """Lines first to last of the base, the last one not included, and what one side has in their place."""

    first: int
    last: int
    lines: tuple[bytes, ...]
    ours: bool

    @property
    def grows(self) -> bool:
        return len(self.lines) > self.last - self.first

    def touches(self, other: _Hunk) -> bool:
        """Whether it cannot be told which of the two comes first, or both changed a line."""
        low, high = max(self.first, other.first), min(self.last, other.last)
        return low < high or (low == high and self.grows and other.grows) or self._within(other) or other._within(self)

    def _within(self, other: _Hunk) -> bool:
        return other.first < self.first == self.last < other.last


def merge_lines(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """The merge of two texts that come from one; theirs stands where both changed the same lines."""
    start, _ = split(base)
    hunks = [*_hunks(start, split(ours)[0], True), *_hunks(start, split(theirs)[0], False)]
    merged: list[bytes] = []
    clashes: list[Clash] = []
    at = 0
    for group in _groups(sorted(hunks, key=lambda hunk: (hunk.first, hunk.last))):
        low, high = group[0].first, max(hunk.last for hunk in group)
        mine, other = (_side(start, low, high, [hunk for hunk in group if hunk.ours is side]) for side in (True, False))
        merged += start[at:low]
        changed_by_them = any(not hunk.ours for hunk in group)
        merged += other if changed_by_them else mine
        if changed_by_them and any(hunk.ours for hunk in group) and mine != other:
            clashes.append(Clash(_place(low, high), tuple(start[low:high]), tuple(mine), tuple(other)))
        at = high
    merged += start[at:]
    return Merged(_join(merged, _ends(base, ours, theirs)), tuple(clashes))


def split(text: bytes) -> tuple[list[bytes], bool]:
    """The lines, and whether the last one is ended; a carriage return belongs to its line."""
    if not text:
        return [], True
    ended = text.endswith(b"\n")
    return (text[:-1] if ended else text).split(b"\n"), ended


def _ends(base: bytes, ours: bytes, theirs: bytes) -> bool:
    was, want, now = (split(text)[1] for text in (base, ours, theirs))
    return want if now is was else now


def _join(lines: Sequence[bytes], ended: bool) -> bytes:
    return b"\n".join(lines) + (b"\n" if ended and lines else b"")


def _hunks(base: Sequence[bytes], other: Sequence[bytes], ours: bool) -> list[_Hunk]:
    codes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [_Hunk(i, j, tuple(other[k:m]), ours) for tag, i, j, k, m in codes if tag != "equal"]


def _groups(hunks: Sequence[_Hunk]) -> list[list[_Hunk]]:
    """Hunks that touch, together."""
    groups: list[list[_Hunk]] = []
    for hunk in hunks:
        if groups and any(hunk.touches(other) for other in groups[-1] if other.ours is not hunk.ours):
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _side(base: Sequence[bytes], low: int, high: int, hunks: Sequence[_Hunk]) -> list[bytes]:
    """One side's lines in place of the base's from low to high."""
    lines: list[bytes] = []
    at = low
    for hunk in hunks:
        lines += [*base[at : hunk.first], *hunk.lines]
        at = hunk.last
    return [*lines, *base[at:high]]


def _place(low: int, high: int) -> str:
    if high - low <= 1:
        return f"line {low + 1}"
    return f"lines {low + 1} to {high}"

"""Groups go by name: the numbers of the two hosts differ (item 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from irekae.subjects.accounts.files import Group, decode, encode


@dataclass(frozen=True)
class AddedGroup:
    """A group that the target lacks; source_gid: its number where it comes from."""

    name: str
    gid: int
    source_gid: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Membership:
    """Added users who join a group that the target has."""

    group: str
    users: tuple[str, ...]


def allot(missing: Sequence[Group], taken: Iterable[int], lowest: int, highest: int) -> dict[str, int]:
    """A number for each group: its own where that is free on the target, else the lowest free one of the range.

    Those that keep their number are served first, so that no substitute takes it from them. A group for which the
    range has no number left is not in the answer.
    """
    used = set(taken)
    numbers: dict[str, int] = {}
    for group in missing:
        if group.gid not in used:
            numbers[group.name] = group.gid
            used.add(group.gid)
    free = (gid for gid in range(lowest, highest + 1) if gid not in used)
    for group in missing:
        if group.name not in numbers and (gid := next(free, None)) is not None:
            numbers[group.name] = gid
            used.add(gid)
    return numbers


def group_lines(groups: Iterable[AddedGroup]) -> list[bytes]:
    """Lines of group(5)."""
    return [encode(f"{group.name}:x:{group.gid}:{','.join(group.members)}") for group in groups]


def gshadow_lines(groups: Iterable[AddedGroup]) -> list[bytes]:
    """Lines of gshadow(5): no password, no administrators."""
    return [encode(f"{group.name}:!::{','.join(group.members)}") for group in groups]


def extend(text: bytes, joining: Mapping[str, Sequence[str]]) -> bytes:
    """group or gshadow with these users among the members, the last of four fields; other lines keep every byte."""
    lines = text.split(b"\n")
    waiting = dict(joining)
    for number, line in enumerate(lines):
        fields = line.split(b":")
        users = waiting.pop(decode(fields[0]), ()) if len(fields) == 4 else ()
        members = [member for member in fields[-1].split(b",") if member]
        there = set(members)
        new = [encode(user) for user in users if encode(user) not in there]
        if new:
            lines[number] = b":".join([*fields[:3], b",".join([*members, *new])])
    return b"\n".join(lines)

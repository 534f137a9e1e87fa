"""Further groups of accounts of which production's word counts, taken over in both directions (item 3.4). Pure.

Only groups whose numbers are of the users' range on both hosts: who is in `sudo` or `adm` is the new build's to say.
"""

from __future__ import annotations

from collections.abc import Collection

from irekae.subjects.accounts.files import Accounts, decode, encode, read_group


def wanted(source: Accounts, target: Accounts, names: Collection[str], low: int, high: int) -> dict[str, set[str]]:
    """Group → those of the names that are its members on the source, for each group in which the target differs.

    Args:
        source: production's files.
        target: the standby's.
        names: the accounts.
        low, high: the range, both included.
    """
    theirs, found, asked = read_group(target.group).entries, {}, set(names)
    for group in read_group(source.group).entries.values():
        here = theirs.get(group.name)
        if here and all(low <= gid <= high for gid in (group.gid, here.gid)):
            members = set(group.members) & asked
            if members != set(here.members) & asked:
                found[group.name] = members
    return found


def give(target: Accounts, groups: dict[str, set[str]], names: Collection[str]) -> Accounts:
    """The target's files with exactly these of the names in each of the groups; everybody else stays in it."""
    gshadow = target.gshadow if target.gshadow is None else _given(target.gshadow, groups, names)
    return Accounts(target.passwd, target.shadow, _given(target.group, groups, names), gshadow)


def _given(text: bytes, groups: dict[str, set[str]], names: Collection[str]) -> bytes:
    """group or gshadow: the members are the last of four fields; other lines keep every byte."""
    lines, waiting, asked = text.split(b"\n"), dict(groups), set(names)
    for number, line in enumerate(lines):
        fields = line.split(b":")
        members = waiting.pop(decode(fields[0]), None) if len(fields) == 4 else None
        if members is None:
            continue
        there = [decode(member) for member in fields[3].split(b",") if member]
        stay = [member for member in there if member not in asked or member in members]
        new = sorted(members - set(stay))
        lines[number] = b":".join([*fields[:3], encode(",".join([*stay, *new]))])
    return b"\n".join(lines)

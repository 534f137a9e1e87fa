"""A merge of accounts as data: what is added, what is refused, and why, without a hash in any text (item 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from irekae.subjects.accounts.files import Accounts, Oddity, Secret, add_lines, encode, printable
from irekae.subjects.accounts.groups import AddedGroup, Membership, extend, group_lines, gshadow_lines


@dataclass(frozen=True)
class AddedUser:
    """A user for the target. line: of passwd, None if the target has it already; shadow: None if it has that."""

    name: str
    uid: int
    group: str
    gid: int
    line: bytes | None
    shadow: Secret | None


@dataclass(frozen=True)
class Refusal:
    """An account that is not copied, because a person must decide."""

    name: str
    uid: int
    reason: str


@dataclass(frozen=True)
class Merge:
    """What the target needs.

    users: to add, or to complete with a line of shadow; kept: names that only the target has; both: how many both have;
    outside: how many of the source's accounts are outside the range of UIDs; odd: lines that were not understood, of
    the source and of the target; notes: what a person should know besides.
    """

    users: tuple[AddedUser, ...]
    groups: tuple[AddedGroup, ...]
    memberships: tuple[Membership, ...]
    refused: tuple[Refusal, ...]
    kept: tuple[str, ...]
    both: int
    outside: int
    odd: tuple[tuple[str, Oddity], ...]
    notes: tuple[str, ...]

    def summary(self) -> list[str]:
        """Lines for the plan, the journal and the report: who and why, no hashes."""
        return [
            *(_user_line(user) for user in self.users),
            *(_group_line(group) for group in self.groups),
            *(f"join group {printable(m.group)}: {', '.join(map(printable, m.users))}" for m in self.memberships),
            *(f"refused {printable(r.name)} (UID {r.uid}): {r.reason}" for r in self.refused),
            *(f"note: {note}" for note in self.notes),
            *(f"not understood, {side} {o.file} line {o.line}: {o.reason}" for side, o in self.odd),
            f"{self.both} on both hosts, {len(self.kept)} on the target alone, {self.outside} outside the UID range",
        ]


def _user_line(user: AddedUser) -> str:
    if user.line is None:
        return f"add to shadow: {printable(user.name)} (UID {user.uid})"
    return f"add user {printable(user.name)} (UID {user.uid}, group {printable(user.group)} = GID {user.gid})"


def _group_line(group: AddedGroup) -> str:
    moved = "" if group.gid == group.source_gid else f", {group.source_gid} on the source, where it is taken here"
    return f"add group {printable(group.name)} (GID {group.gid}{moved})"


def apply(merge: Merge, target: Accounts) -> Accounts:
    """The target's files with what the merge adds; every other line is kept byte for byte."""
    joining = {membership.group: membership.users for membership in merge.memberships}
    gshadow = target.gshadow
    if gshadow is not None:
        there = {line.split(b":")[0] for line in gshadow.splitlines()}
        missing = [group for group in merge.groups if encode(group.name) not in there]
        joined = {group.name: group.members for group in merge.groups if group not in missing}
        gshadow = add_lines(extend(gshadow, joining | joined), gshadow_lines(missing))
    return Accounts(
        passwd=add_lines(target.passwd, (user.line for user in merge.users if user.line is not None)),
        shadow=add_lines(target.shadow, (user.shadow.reveal() for user in merge.users if user.shadow is not None)),
        group=add_lines(extend(target.group, joining), group_lines(merge.groups)),
        gshadow=gshadow,
    )

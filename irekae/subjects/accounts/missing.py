"""Accounts that the production host has and the standby lacks (item 3.4): planned as data, applied to bytes.

The manual: entries with a UID of 1000 to 29999 that ika has and tako lacks are copied, never the whole file, which
would erase the builders' accounts. What both have stays as the target has it. A number or a name that the two hosts
give to different people is refused and listed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from irekae.subjects.accounts.files import (
    Accounts,
    Group,
    Oddity,
    Secret,
    Table,
    User,
    names_by_uid,
    printable,
    read_group,
    read_passwd,
    read_shadow,
)
from irekae.subjects.accounts.groups import AddedGroup, Membership, allot
from irekae.subjects.accounts.merge import AddedUser, Merge, Refusal, apply

__all__ = ["Accounts", "AddedUser", "Merge", "Refusal", "Secret", "apply", "names_by_uid", "plan_merge"]

# What useradd would make, capitals allowed. A name of digits alone would be taken for a number by chown(1).
_NAME = re.compile(r"(?![0-9]+\Z)[A-Za-z0-9_][A-Za-z0-9_.-]*\$?\Z")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


@dataclass
class _Side:
    """One host's files, read."""

    users: Table[User]
    shadow: Table[Secret]
    groups: Table[Group]

    @classmethod
    def read(cls, accounts: Accounts) -> _Side:
        return cls(read_passwd(accounts.passwd), read_shadow(accounts.shadow), read_group(accounts.group))

    def odd(self) -> tuple[Oddity, ...]:
        return (*self.users.odd, *self.shadow.odd, *self.groups.odd)


@dataclass
class _Plan:
    """The merge while it is being decided."""

    source: _Side
    target: _Side
    low: int
    high: int
    uids: dict[int, str] = field(default_factory=dict)
    admitted: dict[str, User] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gids_there = {group.gid for group in self.target.groups.entries.values()}
        self.by_gid: dict[int, Group] = {}
        for group in self.source.groups.entries.values():
            self.by_gid.setdefault(group.gid, group)

    def newcomers(self) -> list[User]:
        """Those admitted whom the target's passwd lacks."""
        return [user for user in self.admitted.values() if user.name not in self.target.users]

    def gid_here(self, group: Group, numbers: dict[str, int]) -> int | None:
        here = self.target.groups.entries.get(group.name)
        return here.gid if here else numbers.get(group.name)

    def refuse(self, user: User, reason: str) -> None:
        self.refused[user.name] = Refusal(user.name, user.uid, reason)
        self.admitted.pop(user.name, None)

    def in_range(self, number: int) -> bool:
        return self.low <= number <= self.high


def plan_merge(source: Accounts, target: Accounts, uid_min: int, uid_max: int, left: Collection[str] = ()) -> Merge:
    """Compare the two hosts' accounts with UIDs from uid_min to uid_max, both included; those left stay as they are.

    Users who are on the target but not in its shadow get their line of shadow; who is in both keeps the target's.
    An added user's primary group is looked up by name on the target, and added there if it is missing. Groups of the
    range that the target lacks are added too: files under /home belong to them. A membership in a group outside the
    range (`sudo`, `adm`) is the new build's to give: it is noted, not copied.
    """
    plan = _Plan(_Side.read(source), _Side.read(target), uid_min, uid_max)
    plan.uids = {uid: names[0] for uid, names in names_by_uid(target.passwd).items()}
    inside = [user for user in plan.source.users.entries.values() if plan.in_range(user.uid)]
    wanted = [user for user in inside if user.name not in left]
    for user in wanted:
        _admit(plan, user)
    missing = _missing_groups(plan)
    numbers = allot(missing, _taken_gids(plan), uid_min, uid_max)
    users = [added for user in list(plan.admitted.values()) if (added := _added_user(plan, user, numbers))]
    return Merge(
        users=tuple(users),
        groups=tuple(_added_group(plan, group, numbers[group.name]) for group in missing if group.name in numbers),
        memberships=_memberships(plan),
        refused=tuple(plan.refused.values()),
        kept=tuple(name for name in plan.target.users.entries if name not in plan.source.users),
        both=sum(user.name in plan.target.users and user.name not in plan.refused for user in wanted),
        outside=len(plan.source.users.entries) - len(inside),
        odd=tuple(
            (name, odd) for name, side in (("source", plan.source), ("target", plan.target)) for odd in side.odd()
        ),
        notes=tuple(plan.notes),
    )


def _admit(plan: _Plan, user: User) -> None:
    """Take the user up among those who need something, or refuse."""
    complete = user.name in plan.target.users.entries and user.name in plan.target.shadow
    why_not = _conflict(plan, user) or (None if complete else _unfit(plan, user))
    if why_not:
        plan.refuse(user, why_not)
    elif not complete:
        plan.admitted[user.name] = user
        plan.uids.setdefault(user.uid, user.name)


def _conflict(plan: _Plan, user: User) -> str | None:
    """Why the target gives this name or number to somebody else."""
    here, holder = plan.target.users.entries.get(user.name), plan.uids.get(user.uid)
    if user.name in plan.target.users.unread:
        return "the target's passwd has a line for this name that can't be read"
    if here and here.uid != user.uid:
        return f"same name, other UID: {here.uid} on the target"
    if here is None and holder is not None:
        where = "on the target" if holder in plan.target.users else "on the source as well"
        return f"same UID, other name: {printable(holder)} {where}"
    return None


def _unfit(plan: _Plan, user: User) -> str | None:
    """Why the source's entry must not be copied as it is."""
    if not _NAME.match(user.name):
        return "the name is not one that useradd would make"
    if _CONTROL.search(user.rest):
        return "control characters in the source's passwd"
    if not user.password_elsewhere:
        return "the password stands in the source's passwd, not in its shadow (see pwconv)"
    if user.name in plan.source.shadow.unread:
        return "the line in the source's shadow can't be read"
    return None


def _missing_groups(plan: _Plan) -> list[Group]:
    """Groups of the source that the target needs and lacks, in the source's order."""
    primary = {group.name for user in plan.newcomers() if (group := plan.by_gid.get(user.gid))}
    return [
        group
        for group in plan.source.groups.entries.values()
        if (group.name in primary or plan.in_range(group.gid))
        and group.name not in plan.target.groups
        and _NAME.match(group.name)
    ]


def _taken_gids(plan: _Plan) -> set[int]:
    """Numbers that mean something on the target, a group's name for them or not."""
    nameless = {user.gid for user in plan.newcomers() if user.gid not in plan.by_gid}
    here = plan.target
    return nameless | {g.gid for g in here.groups.entries.values()} | {u.gid for u in here.users.entries.values()}


def _added_user(plan: _Plan, user: User, numbers: dict[str, int]) -> AddedUser | None:
    """What to add for the user; None, and the user refused, if the primary group can't be had."""
    shadow = plan.source.shadow.entries.get(user.name)
    here = plan.target.users.entries.get(user.name)
    if here:
        return AddedUser(user.name, user.uid, "", here.gid, None, shadow) if shadow else None
    group = plan.by_gid.get(user.gid)
    gid = plan.gid_here(group, numbers) if group else _nameless(plan, user)
    if gid is None:
        called = printable(group.name) if group else f"{user.gid}, which has no name on the source,"
        plan.refuse(user, f"the primary group {called} can't be had on the target")
        return None
    if user.name in plan.target.shadow:
        plan.notes.append(f"{user.name}: the target's shadow has a line already; it is kept")
        shadow = None
    elif shadow is None:
        plan.notes.append(f"{user.name}: no line in the source's shadow, so no password")
    return AddedUser(user.name, user.uid, group.name if group else "", gid, user.line(gid), shadow)


def _nameless(plan: _Plan, user: User) -> int | None:
    """A group without a name keeps its number, unless that is somebody's on the target."""
    if user.gid in plan.gids_there:
        return None
    plan.notes.append(f"{user.name}: the primary group {user.gid} has no name on the source")
    return user.gid


def _added_group(plan: _Plan, group: Group, gid: int) -> AddedGroup:
    """The group with those of its members who are on the target, as the same person."""
    known = [
        name
        for name in group.members
        if name in plan.admitted or (name in plan.target.users.entries and name not in plan.refused)
    ]
    return AddedGroup(group.name, gid, group.gid, tuple(dict.fromkeys(known)))


def _memberships(plan: _Plan) -> tuple[Membership, ...]:
    """Which added users join groups that the target has."""
    newcomers = {user.name for user in plan.newcomers()}
    joined = []
    for group in plan.source.groups.entries.values():
        here = plan.target.groups.entries.get(group.name)
        there = set(here.members) if here else set()
        users = tuple(dict.fromkeys(m for m in group.members if m in newcomers and here and m not in there))
        if users and here and plan.in_range(group.gid) and plan.in_range(here.gid):
            joined.append(Membership(group.name, users))
        elif users:
            plan.notes.append(f"not joined to {printable(group.name)}, outside the range: {', '.join(users)}")
    return tuple(joined)

"""What differs between the accounts of the two hosts, field by field and without a hash (0.2, 3.4).

Formats: passwd(5), shadow(5), group(5). What makes an account live or die, a lock, an expiry or an empty password, is
for a person to decide: with the target's line kept, who was shut out on the old production gets in on the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from irekae.subjects.accounts.files import Accounts, User, decode, printable, read_group, read_passwd, read_shadow

LOCKED, EXPIRED, EMPTY = "locked", "expired", "empty"
GROUPS = ("primary group", "further groups")
NEVER = ("", "-1", "99999")
# A login shell that lets nobody in: nologin(8), false(1).
SHUT = ("nologin", "false")
_EPOCH = date(1970, 1, 1)
_AGEING = ((3, "minimum age"), (4, "maximum age"), (5, "warning"), (6, "inactivity"))


@dataclass(frozen=True)
class Difference:
    """One field of one account.

    Attributes:
        name: of the account.
        field: what differs.
        source, target: as production has it, and the standby; never a hash.
        decide: the rule of site.toml that it falls under, `locked`, `expired` or `empty`; "" where none is needed.
    """

    name: str
    field: str
    source: str
    target: str
    decide: str = ""

    def __str__(self) -> str:
        """One line, for people."""
        return f"{printable(self.name)}: {self.field}: {self.source} on production, {self.target} on the standby"


@dataclass(frozen=True)
class _Login:
    """What shadow says of an account; without a line, nothing is set."""

    fields: tuple[str, ...]
    open: bool  # passwd itself says that there is no password

    @property
    def hash(self) -> str:
        return self.fields[1]

    @property
    def empty(self) -> bool:
        return self.hash == "" or self.open

    def shut(self, shell: str) -> str:
        """How nobody can log in by password or at all; "" where somebody can."""
        if shell.rpartition("/")[2] in SHUT:
            return f"locked (shell {shell})"
        return "locked" if self.hash.startswith(("!", "*")) else ""

    def expired(self, today: date) -> str:
        """Since when it has expired, by its date or because its password is too old to be changed."""
        ends = [day for day in (_day(self.fields[7]), self._inactive()) if day is not None]
        return f"expired on {min(ends)}" if ends and min(ends) <= today else ""

    def until(self) -> str:
        """The day of its expiry; "" for never."""
        return str(_day(self.fields[7]) or "")

    def _inactive(self) -> date | None:
        changed, longest, after = self.fields[2], self.fields[4], self.fields[6]
        if longest in NEVER or not (changed.isdigit() and longest.isdigit() and after.isdigit()):
            return None
        return _EPOCH + timedelta(days=min(int(changed) + int(longest) + int(after), 10**6))


class _Side:
    """One host's files, each read once."""

    def __init__(self, accounts: Accounts) -> None:
        self.users = read_passwd(accounts.passwd)
        self._shadow = read_shadow(accounts.shadow)
        self._by_gid: dict[int, str] = {}
        self.groups_of: dict[str, set[str]] = {}
        for group in read_group(accounts.group).entries.values():
            self._by_gid.setdefault(group.gid, group.name)
            for name in group.members:
                self.groups_of.setdefault(name, set()).add(group.name)

    def login(self, user: User) -> _Login | None:
        line = self._shadow.entries.get(user.name)
        return _Login(tuple(decode(line.reveal()).split(":")), user.open) if line else None

    def primary(self, user: User) -> str:
        return printable(self._by_gid[user.gid]) if user.gid in self._by_gid else str(user.gid)


def differences(source: Accounts, target: Accounts, uid_min: int, uid_max: int, today: date) -> list[Difference]:
    """Everything in which accounts of the range differ that both hosts have, and what is odd in those to be added.

    Args:
        source: production's files.
        target: the standby's.
        uid_min, uid_max: the range of UIDs, both included.
        today: by which an account has expired or not.
    """
    ours, theirs = _Side(source), _Side(target)
    found: list[Difference] = []
    for user in ours.users.entries.values():
        if not uid_min <= user.uid <= uid_max:
            continue
        here = theirs.users.entries.get(user.name)
        one = ours.login(user) or _Login((user.name, "*", *[""] * 7), user.open)
        if here is None:
            found += _of_newcomer(user, one)
        elif here.uid == user.uid:
            other = theirs.login(here)
            # Without a line of shadow there, production's is copied as it is.
            found += _of_both(user, here, one, one if other is None else other, today)
            found += _groups(ours, theirs, user, here)
    return found


def on_target_alone(source: Accounts, target: Accounts, uid_min: int, uid_max: int) -> list[str]:
    """Users of the range whom production does not have, or has no more: they live on."""
    ours = read_passwd(source.passwd)
    users = read_passwd(target.passwd).entries.values()
    return [user.name for user in users if uid_min <= user.uid <= uid_max and user.name not in ours]


def shells(accounts: Accounts, names: Iterable[str]) -> dict[str, list[str]]:
    """Login shells, and whose they are."""
    found: dict[str, list[str]] = {}
    users = read_passwd(accounts.passwd).entries
    for name in names:
        if name in users and (shell := _rest(users[name])[2]):
            found.setdefault(shell, []).append(name)
    return found


def _of_newcomer(user: User, login: _Login) -> Iterator[Difference]:
    if login.empty:
        yield Difference(user.name, "password", "empty", "no such account", EMPTY)


def _of_both(user: User, here: User, one: _Login, other: _Login, today: date) -> Iterator[Difference]:
    mine, theirs = _rest(user), _rest(here)
    yield from _pair(user.name, "login", one.shut(mine[2]), other.shut(theirs[2]), "possible", LOCKED)
    yield from _pair(user.name, "account", one.expired(today), other.expired(today), "not expired", EXPIRED)
    yield from _passwords(user.name, one, other)
    if not (one.expired(today) or other.expired(today)):
        yield from _pair(user.name, "expiry", one.until(), other.until(), "never")
    for number, field in _AGEING:
        yield from _pair(user.name, field, one.fields[number], other.fields[number], "none")
    for field, text, there in zip(("comment", "home", "shell"), mine, theirs, strict=True):
        yield from _pair(user.name, field, printable(text), printable(there), "none")


def _passwords(name: str, one: _Login, other: _Login) -> Iterator[Difference]:
    if one.empty is not other.empty:
        said = {True: "empty", False: "set"}
        yield Difference(name, "password", said[one.empty], said[other.empty], EMPTY)
    elif one.hash.lstrip("!") != other.hash.lstrip("!"):
        days = [f"set on {_day(login.fields[2]) or 'a day that nobody knows'}" for login in (one, other)]
        yield Difference(name, "password", days[0], f"another one, {days[1]}")


def _pair(name: str, field: str, source: str, target: str, neither: str, decide: str = "") -> Iterator[Difference]:
    """A difference, if there is one; decide: only where one has what the other lacks."""
    if source != target:
        rule = decide if bool(source) is not bool(target) else ""
        yield Difference(name, field, source or neither, target or neither, rule)


def _groups(source: _Side, target: _Side, user: User, here: User) -> Iterator[Difference]:
    """The primary group and the other ones, by name: numbers differ between the hosts."""
    yield from _pair(user.name, GROUPS[0], source.primary(user), target.primary(here), "none")
    one, other = (side.groups_of.get(user.name, set()) for side in (source, target))
    if one != other:
        only, there = (", ".join(map(printable, sorted(groups))) or "no more" for groups in (one - other, other - one))
        yield Difference(user.name, GROUPS[1], only, there)


def _rest(user: User) -> tuple[str, str, str]:
    """Comment, home, shell."""
    comment, home, shell = (decode(field) for field in user.rest.split(b":"))
    return comment, home, shell


def _day(text: str) -> date | None:
    """A day that shadow counts since 1970; None for never."""
    return _EPOCH + timedelta(days=min(int(text), 10**6)) if text.isdigit() else None

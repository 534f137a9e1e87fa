"""passwd, shadow and group as they are found: read line by line, nothing thrown away, nothing secret shown (item 3.4).

Formats: passwd(5), shadow(5), group(5), gshadow(5). Of two lines for one name the first counts, as for getpwnam(3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


class Secret:
    """Bytes that never show themselves: not in `str`, `repr`, a format, a traceback or the journal."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Wrap the bytes."""
        self._value = value

    def reveal(self) -> bytes:
        """The bytes, for writing them where they belong."""
        return self._value

    def __repr__(self) -> str:
        """Three stars."""
        return "***"

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be written anywhere but by `reveal`."""
        raise TypeError("a secret is not stored")

    def __eq__(self, other: object) -> bool:
        """Two secrets are equal when what they hide is."""
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        """Like the bytes."""
        return hash(self._value)


@dataclass(frozen=True)
class Accounts:
    """The account files of one host, byte for byte; not shown by `repr`. gshadow: None if it is not looked at."""

    passwd: bytes = field(repr=False)
    shadow: bytes = field(repr=False)
    group: bytes = field(repr=False)
    gshadow: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True)
class User:
    """A line of passwd.

    rest: comment, home and shell as they stand; password_elsewhere: the hash is not in passwd; open: passwd says that
    there is no password.
    """

    name: str
    uid: int
    gid: int
    rest: bytes
    password_elsewhere: bool
    open: bool = False

    def line(self, gid: int) -> bytes:
        """The line for a host on which the primary group has this number."""
        return encode(f"{self.name}:x:{self.uid}:{gid}:") + self.rest


@dataclass(frozen=True)
class Group:
    """A line of group."""

    name: str
    gid: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Oddity:
    """A line that is not an ordinary entry, for a person to look at. line: from 1; its content is not repeated."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Table(Generic[T]):
    """The entries of a file by name; unread: names whose line could not be read, so that nobody else may take them."""

    entries: dict[str, T]
    unread: frozenset[str]
    odd: tuple[Oddity, ...]

    def __contains__(self, name: str) -> bool:
        """Whether the file has a line for the name, be it readable or not."""
        return name in self.entries or name in self.unread


def decode(text: bytes) -> str:
    """Text whose every byte can be given back."""
    return text.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that `decode` was given."""
    return text.encode("utf-8", "surrogateescape")


def read_passwd(text: bytes) -> Table[User]:
    """The users; an entry needs seven fields and two numbers."""

    def user(name: str, fields: list[bytes]) -> User:
        if len(fields) != 7:
            raise ValueError(f"{len(fields)} fields instead of 7")
        hidden = fields[1] in (b"x", b"*", b"!")
        return User(
            name, _number(fields[2], "UID"), _number(fields[3], "GID"), b":".join(fields[4:]), hidden, not fields[1]
        )

    return _read("passwd", text, user)


def read_shadow(text: bytes) -> Table[Secret]:
    """The whole lines by name, each a secret; an entry needs nine fields."""

    def line(name: str, fields: list[bytes]) -> Secret:
        if len(fields) != 9:
            raise ValueError(f"{len(fields)} fields instead of 9")
        return Secret(b":".join(fields))

    return _read("shadow", text, line)


def read_group(text: bytes) -> Table[Group]:
    """The groups; an entry needs four fields and a number."""

    def group(name: str, fields: list[bytes]) -> Group:
        if len(fields) != 4:
            raise ValueError(f"{len(fields)} fields instead of 4")
        return Group(name, _number(fields[2], "GID"), tuple(m for m in decode(fields[3]).split(",") if m))

    return _read("group", text, group)


def _read(file: str, text: bytes, make: Callable[[str, list[bytes]], T]) -> Table[T]:
    entries: dict[str, T] = {}
    unread: set[str] = set()
    odd: list[Oddity] = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip() or line.startswith(b"#"):
            continue
        fields = line.split(b":")
        name = decode(fields[0])
        if name in entries:
            odd.append(Oddity(file, number, f"second line for {printable(name)}"))
        elif is_nis(line):
            odd.append(Oddity(file, number, "NIS entry"))
        elif len(fields) == 1 or not name:
            odd.append(Oddity(file, number, "not an entry"))
        else:
            try:
                entries[name] = make(name, fields)
            except ValueError as why:
                unread.add(name)
                odd.append(Oddity(file, number, f"{printable(name)}: {why}"))
    return Table(entries, frozenset(unread - set(entries)), tuple(odd))


def _number(text: bytes, what: str) -> int:
    if not text.isdigit() or int(text) >= 2**32 - 1:
        raise ValueError(f"{what} is not a number")
    return int(text)


def is_nis(line: bytes) -> bool:
    """Whether the line is one of nsswitch's compat entries, `+`, `+name`, `-name` …"""
    return line.startswith((b"+", b"-"))


def printable(name: str) -> str:
    """The name as it can be shown to a person; a hostile name must not reach a terminal raw."""
    return name if name.isascii() and name.isprintable() else ascii(name)[1:-1]


def add_lines(text: bytes, lines: Iterable[bytes]) -> bytes:
    """The text with these lines behind its last ordinary one; every line that was there is kept byte for byte.

    A missing final newline is supplied, or the first new line would be glued to the last old one. NIS entries stay
    last: what follows them is read after NIS.
    """
    new = b"".join(line + b"\n" for line in lines)
    if not new:
        return text
    whole = text if text.endswith(b"\n") or not text else text + b"\n"
    nis = re.search(rb"^[+-]", whole, re.MULTILINE)
    at = nis.start() if nis else len(whole)
    return whole[:at] + new + whole[at:]


def names_by_uid(passwd: bytes) -> dict[int, tuple[str, ...]]:
    """Which names a UID has; more than one where entries share it."""
    names: dict[int, tuple[str, ...]] = {}
    for user in read_passwd(passwd).entries.values():
        names[user.uid] = (*names.get(user.uid, ()), user.name)
    return names

"""postfix's main.cf (postconf(5)): parameters given values, as `postconf -e` does it; text to text, pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ASSIGNMENT = re.compile(rb"([A-Za-z0-9_-]+)[ \t]*=")


def with_parameters(text: bytes, values: Mapping[str, str]) -> bytes:
    """The file with each parameter set to its value once, where it stood last, or at the end; all else as it was.

    A line that begins with blanks goes on with the one before, comments and blank lines between them aside. What has
    its value already stays as somebody wrote it.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n"
    owner = _owners(lines)
    wanted = {
        name.encode(): f"{name} = {value}\n".encode()
        for name, value in values.items()
        if _values(lines, owner, name.encode()) != [value.split()]
    }
    last = {name: number for number, name in enumerate(owner) if name and _ASSIGNMENT.match(lines[number])}
    kept = [
        wanted.get(name, line)
        for number, (line, name) in enumerate(zip(lines, owner, strict=True))
        if name not in wanted or last.get(name) == number
    ]
    return b"".join([*kept, *(line for name, line in wanted.items() if name not in last)])


def _values(lines: list[bytes], owner: list[bytes], name: bytes) -> list[list[str]]:
    """What a parameter is given, word by word, each time that it is given something."""
    found: list[list[str]] = []
    for line, its in zip(lines, owner, strict=True):
        if its == name:
            assigned = _ASSIGNMENT.match(line)
            found += [[]] if assigned else []
            found[-1] += line[assigned.end() if assigned else 0 :].decode("utf-8", "surrogateescape").split()
    return found


def _owners(lines: list[bytes]) -> list[bytes]:
    """The parameter that each line belongs to; empty for comments, blank lines and what is none."""
    found, name = [], b""
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith(b"#"):
            found.append(b"")
            continue
        if not line[:1].isspace():
            assigned = _ASSIGNMENT.match(line)
            name = assigned[1] if assigned else b""
        found.append(name)
    return found

"""postfix's main.cf (postconf(5)): parameters given values, as `postconf -e` does it; text to text, pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ASSIGNMENT = re.compile(rb"([A-Za-z0-9_]+)[ \t]*=")


def with_parameters(text: bytes, values: Mapping[str, str]) -> bytes:
    """The file with each parameter set to its value once, where it stood last, or at the end; all else as it was.

    A line that begins with blanks goes on with the one before, comments and blank lines between them aside.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\n"
    wanted = {name.encode(): f"{name} = {value}".rstrip().encode() + b"\n" for name, value in values.items()}
    owner = _owners(lines)
    last = {name: number for number, name in enumerate(owner) if name and _ASSIGNMENT.match(lines[number])}
    kept = [
        wanted.get(name, line)
        for number, (line, name) in enumerate(zip(lines, owner, strict=True))
        if name not in wanted or last.get(name) == number
    ]
    return b"".join([*kept, *(line for name, line in wanted.items() if name not in last)])


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

"""Reads what tests/cases/record.sh wrote."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

CASES = Path(__file__).parents[3] / "cases"
WORDS = {"yes": True, "no": False, "?": None}


@dataclass
class Recorded:
    """What a command answered."""

    argv: list[str]
    out: bytes = b""
    err: bytes = b""
    status: int = -1


@dataclass
class Scene:
    """A service in a known state, the answers about it, and its links."""

    title: str
    service: str = ""
    process: str = ""
    expected: dict[str, bool | None] = field(default_factory=dict)
    answers: list[Recorded] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    def said(self, *argv: str) -> str:
        """Everything that the command wrote, at each time it was run in this scene."""
        return "".join((a.out + a.err).decode() for a in self.answers if a.argv == list(argv))


def scenes(file: str) -> list[Scene]:
    """The scenes of a file below tests/cases."""
    found: list[Scene] = []
    for line in (CASES / file).read_text().splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "==":
            found.append(Scene(rest))
        elif mark == "service":
            found[-1].service, found[-1].process = shlex.split(rest)
        elif mark == "expect":
            found[-1].expected = {key: WORDS[word] for key, word in (pair.split("=") for pair in rest.split())}
        elif mark == "$":
            found[-1].answers.append(Recorded(shlex.split(rest)))
        elif mark == "|":
            found[-1].answers[-1].out += rest.encode() + b"\n"
        elif mark == "!":
            found[-1].answers[-1].err += rest.encode() + b"\n"
        elif mark == "@":
            link, target = rest.split()
            found[-1].links[link] = target
        elif line.startswith("["):
            found[-1].answers[-1].status = int(line.strip("[]"))
    return found

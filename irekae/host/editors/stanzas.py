"""interfaces(5) taken apart: what stands in it, stanza by stanza, each with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from irekae.host.editors.draft import decode

# What begins a stanza, so that the options of an `iface` end there.
_BEGINS = re.compile(r"(iface|mapping|auto|allow-\S+|no-\S+|rename|source|source-directory|template)$")
# Options whose value is a command that is run with the interface.
COMMANDS = ("up", "down", "pre-up", "post-up", "pre-down", "post-down")


@dataclass(frozen=True)
class Option:
    """`name value` of an `iface` stanza. line: of its beginning, from 0."""

    name: str
    value: str
    line: int


@dataclass(frozen=True)
class Stanza:
    """One stanza, or one line that stands by itself.

    Attributes:
        keyword: `iface`, `auto`, `source` …
        words: what follows on its line.
        line: of the keyword, from 0.
        options: of an `iface`.
        path: the file that it stands in.
    """

    keyword: str
    words: tuple[str, ...]
    line: int
    path: str = ""
    options: list[Option] = field(default_factory=list)

    @property
    def place(self) -> str:
        """For people: path:line, from 1."""
        return f"{self.path}:{self.line + 1}"

    def is_of(self, interface: str) -> bool:
        """Does it define that interface."""
        return self.keyword == "iface" and self.words[:1] == (interface,)

    def brings_up(self, interface: str) -> bool:
        """Does it say when that interface comes up: `auto`, `allow-hotplug`, its patterns too (interfaces(5))."""
        when = self.keyword in ("auto", "allow-auto", "allow-hotplug")
        return when and any(fnmatchcase(interface, word.lstrip("/")) for word in self.words)

    def all_of(self, name: str) -> list[Option]:
        """Its options of that name."""
        return [option for option in self.options if option.name == name]


def stanzas(text: bytes, path: str = "") -> list[Stanza]:
    """Everything that stands in a file, in its order. A line that ends in a backslash goes on in the next one."""
    found: list[Stanza] = []
    for line, words in _logical(decode(text)):
        if _BEGINS.match(words[0]):
            found.append(Stanza(words[0], tuple(words[1:]), line, path))
        elif found and found[-1].keyword in ("iface", "template"):
            found[-1].options.append(Option(words[0], " ".join(words[1:]), line))
    return found


def _logical(text: str) -> list[tuple[int, list[str]]]:
    """Lines with their number and words; comments, which never go on, and blank lines are left out."""
    found: list[tuple[int, list[str]]] = []
    begun, so_far = 0, ""
    for number, line in enumerate(text.split("\n")):
        if not so_far:
            if line.lstrip().startswith("#"):
                continue
            begun = number
        so_far += line.rstrip("\r")
        if so_far.endswith("\\"):
            so_far = so_far[:-1] + " "
            continue
        words = so_far.split()
        if words:
            found.append((begun, words))
        so_far = ""
    return found

"""named.conf, as `named-checkconf -p` writes it: statement by statement, with the files that it includes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Zones that every name server has for itself.
OWN_ZONES = re.compile(r"(localhost|(0|127|255)\.in-addr\.arpa|\.)\.?", re.IGNORECASE)
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{};])|([^\s{};"]+)')
_MASTER = ("master", "primary")
# With one of these named itself writes the zone's file, by way of a journal beside it.
_DYNAMIC = ("allow-update", "update-policy")
_INHERITED = "allow-update"  # what options and a view say of it holds for each of their zones that says nothing

Statement = list[Any]
"""Words; a block in it is a list of statements."""


@dataclass(frozen=True)
class Zone:
    """A zone of which the name server is the master.

    Attributes:
        name: in small letters, without the dot at its end.
        file: its path.
        view: the view that it stands in, "" outside of any.
        dynamic: named writes its file.
        folder: named's `directory`, where the file's relative `$INCLUDE` begin; "" where named.conf names none.
    """

    name: str
    file: str
    view: str = ""
    dynamic: bool = False
    folder: str = field(default="", compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """As rndc(8) is told of it."""
        return (self.name, "IN", self.view) if self.view else (self.name,)


def zones_of(text: str) -> list[Zone]:
    """The zones of which the server is the master, those in views too."""
    top = statements(text)
    options = _inside(top, "options")
    folder = next((str(words[1]) for words in options if words[0] == "directory" and len(words) > 1), "")
    for_all = _inherited(options)
    found = [_zone(words, folder, "", for_all) for words in top]
    for view in (words for words in top if words[0] == "view" and len(words) > 1):
        of_view = {**for_all, **_inherited(_blocks(view))}
        found += [_zone(words, folder, str(view[1]), of_view) for words in _blocks(view)]
    return [zone for zone in found if zone]


def recurses(text: str) -> bool:
    """Does the server ask others for whom it answers; one that is told not to answers for its own zones alone."""
    top = statements(text)
    said = [words[1:] for words in _inside(top, "options") if words[0] == "recursion"]
    views = [line[1:] for words in top if words[0] == "view" for line in _blocks(words) if line[0] == "recursion"]
    return ["no"] not in said or ["yes"] in views


def _inherited(lines: list[Statement]) -> dict[str, Statement]:
    return {line[0]: line[1:] for line in lines if line[0] == _INHERITED}


def _zone(words: Statement, folder: str, view: str, inherited: dict[str, Statement]) -> Zone | None:
    if words[0] != "zone" or len(words) < 3:
        return None
    settings = {**inherited, **{line[0]: line[1:] for line in _blocks(words)}}
    [kind, *_], [file, *_] = settings.get("type") or [""], settings.get("file") or [""]
    if kind not in _MASTER or not isinstance(file, str) or not file:
        return None
    dynamic = any(_says(settings[key]) for key in _DYNAMIC if key in settings)
    name = str(words[1]).rstrip(".").lower() or "."
    return Zone(name, posixpath.normpath(posixpath.join(folder or "/", file)), view, dynamic, folder)


def _says(words: Statement) -> bool:
    """Whether a setting lets anybody write: `{ none; }` does not."""
    inside = [line for word in words if isinstance(word, list) for line in word]
    return bool(inside or words) and inside != [["none"]]


def statements(text: str) -> list[Statement]:
    """The text in its braces."""
    return _block(_TOKEN.finditer(text))


def _block(tokens: Iterator[re.Match[str]]) -> list[Statement]:
    found: list[Statement] = []
    words: Statement = []
    for token in tokens:
        if token[2] == "{":
            words.append(_block(tokens))
        elif token[2] == "}":
            break
        elif token[2] == ";":
            found += [words] if words else []
            words = []
        else:
            words.append(token[1] if token[1] is not None else token[3])
    return found + ([words] if words else [])


def _blocks(words: Statement) -> list[Statement]:
    return [inner for word in words if isinstance(word, list) for inner in word if inner]


def _inside(top: list[Statement], name: str) -> list[Statement]:
    return [inner for words in top if words[0] == name for inner in _blocks(words)]

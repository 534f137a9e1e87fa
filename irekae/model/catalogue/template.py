"""A message with holes, as the catalogue has it: "{item} on {where}: nobody holds it"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

# What only sets a line in, and what only says that it goes on: both stay as they are.
_SET_IN = re.compile(r"\s*(?:irekae: )?(?:[-•…·,;] )*\s*")
_GOES_ON = re.compile(r"(?: …)?\s*\Z")
LAST = 200  # characters at the end of a line in which that is looked for


@dataclass(frozen=True)
class Template:
    """The words of a message, and the names of the holes between them: one word more than holes."""

    words: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How many letters of it are its own."""
        return sum(char.isalpha() for word in self.words for char in word)

    def found_in(self, text: str) -> tuple[str, ...] | None:
        """What stands in the holes if that is this message; one way through the text, never back."""
        first, *others = self.words
        if not others:
            return () if text == first else None
        last = others.pop()
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        at, held = len(first), []
        for word in others:
            place = text.find(word, at, end)
            if place < 0:
                return None
            held.append(text[at:place])
            at = place + len(word)
        return (*held, text[at:end]) if at <= end else None

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with these values. Raises KeyError for a hole that has none."""
        pieces = [word + values[name] for word, name in zip(self.words, self.names, strict=False)]
        return "".join([*pieces, self.words[-1]])


def parsed(text: str) -> Template:
    """Read a message of the catalogue. Raises ValueError where its braces are not in order."""
    words, names = [""], []
    for literal, name, _, _ in Formatter().parse(text):
        words[-1] += literal
        if name is not None:
            names.append(name)
            words.append("")
    return Template(tuple(words), tuple(names))


def written(names: Sequence[str | None], words: Sequence[str]) -> str:
    """The message of these parts, in order: a name, or else a word; a name that comes again is numbered."""
    text, seen = "", dict[str, int]()
    for name, word in zip(names, words, strict=True):
        if name is None:
            text += word.replace("{", "{{").replace("}", "}}")
            continue
        seen[name] = seen.get(name, 0) + 1
        text += f"{{{name}{seen[name] if seen[name] > 1 else ''}}}"
    return text


def peeled(line: str) -> tuple[str, str, str]:
    """A line as what sets it in, itself, and what follows it."""
    begin = _SET_IN.match(line)
    at = begin.end() if begin else 0
    over = _GOES_ON.search(line, max(at, len(line) - LAST))
    end = over.start() if over else len(line)
    return line[:at], line[at:end], line[end:]

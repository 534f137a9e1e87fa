"""Finds the message that a line of text was made from, and says it in the other language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from irekae.model.catalogue.template import Template, parsed, peeled

LONGEST = 2000  # characters of a line; a longer one is data
DEEPEST = 4  # messages within messages
# Letters that a message within another one must have of its own: what a host says shall not look like one by chance.
WITHIN = 6
LIGHT = 12  # letters of a message that many a line could be by chance
# Words that stand alone within a message. Any other one may be a name.
ALONE = frozenset(
    {
        "done", "failed", "unknown", "running", "waived", "interrupted", "accepted", "acknowledged", "incomplete",
        "armed", "prepared", "away", "trial", "confirmed", "reverted",
    }
)  # fmt: skip
QUOTED = " " * 6  # what is set in so far is quoted: a diff, a command, what a host said
_WORD = re.compile(r"\w+")
# What a line begins with that says whose it is: "5.1 ika + tako: ", "5.1 ", "[ika] ". A whole message comes after it;
# a message whose first value begins like that is read so too.
HEAD = re.compile(r"\d{1,2}\.\d{1,2} (?:[\w.-]{1,64}(?: \+ [\w.-]{1,64})*: )?|\[[\w.-]{1,64}\] ")


class Said(NamedTuple):
    """A text in the other language, and how many letters of it were known; 0 for none."""

    text: str
    known: int


class _Pair(NamedTuple):
    english: Template
    other: Template
    weight: int


class Matcher:
    """The messages of one language."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        """messages: English to the other language, as the catalogue has them; what cannot be read is left out."""
        self._exact: dict[str, str] = {}
        self._by_word: dict[str, list[_Pair]] = defaultdict(list)
        self._wordless: list[_Pair] = []
        for english, other in messages.items():
            if not (english and other):
                continue
            pair = _Pair(parsed(english), parsed(other), parsed(english).weight)
            if not pair.english.names:
                self._exact[pair.english.words[0]] = pair.other.words[0]
            elif set(pair.other.names) <= set(pair.english.names):
                word = _mark_of(pair.english)
                (self._by_word[word] if word else self._wordless).append(pair)

    def line(self, text: str) -> str:
        """One line in the other language; as it is where it is no message, or one that is not translated."""
        if len(text) > LONGEST or text.startswith(QUOTED) or not text.strip():
            return text
        before, bare, after = peeled(text)
        return before + self._said(bare, DEEPEST, 1).text + after

    def _said(self, text: str, deep: int, least: int) -> Said:
        """The way of reading a text that knows most of its letters."""
        if (other := self._exact.get(text)) is not None and (least == 1 or " " in text or text in ALONE):
            return Said(other, sum(map(str.isalpha, text)))
        if deep == 0 or len(text) < 3:
            return Said(text, 0)
        best = Said(text, 0)
        for way in self._ways(text, deep, least):
            best = max(best, way, key=lambda said: said.known)
        return best

    def _ways(self, text: str, deep: int, least: int) -> Iterator[Said]:
        """Of two that know as much the first one counts: what can be taken apart is not taken for a value."""
        if head := HEAD.match(text):
            least_behind = 1 if head[0].endswith((": ", "] ")) else WITHIN  # "9.4 on ika": no message "on {host}"
            said = self._said(text[head.end() :], deep - 1, least_behind)
            yield Said(head[0] + said.text, said.known)
        if "; " in text:
            yield self._apart(text.split("; "), "; ", deep)
        if ": " in text:
            yield self._apart(text.split(": ", 1), ": ", deep)
            yield self._apart(text.rsplit(": ", 1), ": ", deep)
        if text.partition(", ")[0] in self._exact:  # "done, 1.9 s"; else what a comma parts is a list of values
            yield self._apart(text.split(", ", 1), ", ", deep)
        yield self._whole(text, deep, least)

    def _apart(self, parts: list[str], between: str, deep: int) -> Said:
        said = [self._said(part, deep - 1, WITHIN) for part in parts]
        return Said(between.join(one.text for one in said), sum(one.known for one in said))

    def _whole(self, text: str, deep: int, least: int) -> Said:
        """As the message of most letters that it can be."""
        pairs = [*self._wordless]
        for word in set(_WORD.findall(text)):
            pairs += self._by_word.get(word, ())
        for pair in sorted(pairs, key=lambda pair: -pair.weight):
            if pair.weight < least:
                break
            held = pair.english.found_in(text)
            if held is not None and not _is_too_much(pair, held):
                said = self._filled(pair, held, deep)
                if said.known:
                    return said
        return Said(text, 0)

    def _filled(self, pair: _Pair, held: tuple[str, ...], deep: int) -> Said:
        known, ticks, values = pair.weight + sum(word.count(": ") for word in pair.english.words), 0, {}
        by_chance, last = pair.weight < WITHIN and not pair.english.words[0], pair.english.names[-1]
        for word, name, value in zip(pair.english.words, pair.english.names, held, strict=False):
            ticks += word.count("`")
            # Within backticks stands a command.
            before, bare, after = ("", value, "") if ticks % 2 else peeled(value)
            said = Said(bare, 0) if ticks % 2 else self._said(bare, deep - 1, WITHIN)
            values[name] = before + said.text + after
            known += said.known
            # "{one} of {other}" is a sentence of many; its values are words, or messages.
            if by_chance and name != last and " " in value and not said.known:
                return Said("", 0)
        return Said(pair.other.filled(values), known)


def _is_too_much(pair: _Pair, held: tuple[str, ...]) -> bool:
    """Would a message of few letters take more than one thing for a value."""
    return pair.weight < LIGHT and any(
        ("; " in value or ": " in value) and not word.rstrip().endswith(":")
        for word, value in zip(pair.english.words, held, strict=False)
    )


def _mark_of(template: Template) -> str:
    """The longest word that a text must have to be this message; "" where each may be a part of a longer one."""
    found = [""]
    for place, words in enumerate(template.words):
        for word in _WORD.finditer(words):
            touches = (word.start() == 0 and place > 0) or (
                word.end() == len(words) and place < len(template.words) - 1
            )
            if not touches:
                found.append(word[0])
    return max(found, key=len)

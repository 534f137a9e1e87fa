"""What `fab init` writes loads: what the project's own loaders refuse becomes a marked comment with their reason. Pure.

The reason names its place as a person looks for it (`site.errors`), which is how the lines are found here.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from irekae.model.errors import SwapError
from irekae.model.legible import line as legible
from irekae.site.inventory import Inventory, inventory_of
from irekae.site.marks import MARK
from irekae.site.site import site_of
from irekae.subjects.first_site.page import quoted

_HEAD = re.compile(r"(\[\[?)([^\[\]]+)\]\]?(\s+#.*)?")
_PLACE = re.compile(
    r"(?P<kind>\[\[?)(?P<head>[^\[\]]+)\]\]?(?: number (?P<number>\d+))?(?: \(.*?\)| \".*?\")? ?"
    r"(?P<key>[\w-]*)(?: number (?P<member>\d+))?: "
)


def known_of(path: Path, text: str, otherwise: Inventory) -> Inventory:
    """The hosts of a hosts.ini that is to be written; otherwise: where it would be refused."""
    try:
        return inventory_of(path, text)
    except SwapError:
        return otherwise


def hosts_loading(path: Path, text: str) -> str:
    """hosts.ini, with the reason above it where it would be refused."""
    try:
        inventory_of(path, text)
    except SwapError as error:
        return f"{_mark(_reason(path, error))}\n{text}"
    return text


def site_loading(path: Path, text: str, known: Inventory) -> str:
    """site.toml without what would be refused; where it cannot be told which lines that are, the reason above it."""
    lines = text.splitlines()
    for _ in range(len(lines)):
        try:
            site_of(path, "\n".join(lines), known)
            break
        except SwapError as error:
            why = _reason(path, error)
        further = _without(lines, why)
        if further is None:
            lines = [_mark(why), *lines]
            break
        lines = further
    return "\n".join(lines) + "\n"


def _reason(path: Path, error: SwapError) -> str:
    return " ".join([error.what.removeprefix(f"{path}: "), *([f"({error.detail})"] if error.detail else [])])


def _mark(why: str) -> str:
    return f"{MARK}: {legible(why)}"


def _without(lines: list[str], why: str) -> list[str] | None:
    """The lines without what a reason names: a table of several as a whole, else the key, or a word of its list."""
    place = _PLACE.match(why)
    block = _block(lines, place, why) if place else None
    if place is None or block is None:
        return None
    begin, end = block
    spans = _keys(lines, begin, end) if place["kind"] == "[" else {}
    if place["key"] in spans:
        first, last = spans[place["key"]]
        # A service is nothing without one of its words.
        if not place["head"].startswith("services") or lines[first].startswith(f"{place['key']} = ["):
            return [*lines[:first], *_key_without(lines[first:last], place, why), *lines[last:]]
    return _without_table(lines, begin, end, why)


def _without_table(lines: list[str], begin: int, end: int, why: str) -> list[str]:
    """The lines with a table as a comment, and with those in it: `[mail.production]` would make half a `[mail]`."""
    head = _HEAD.fullmatch(lines[begin])
    inner = [span for span in _spans(lines) if head and head[1] == "[" and span[2].startswith(f"{head[2]}.")]
    gone = {number for first, last, _ in ((begin, end, ""), *inner) for number in range(first, last)}
    kept = [_as_comment(line) if number in gone else line for number, line in enumerate(lines)]
    return [*kept[:begin], _mark(why), *kept[begin:]]


def _spans(lines: list[str]) -> list[tuple[int, int, str]]:
    """From where to where each table stands, and its name."""
    heads = [(number, found[2]) for number, line in enumerate(lines) if (found := _HEAD.fullmatch(line))]
    ends = [*(number for number, _ in heads[1:]), len(lines)]
    return [(begin, end, head) for (begin, head), end in zip(heads, ends, strict=True)]


def _block(lines: list[str], place: re.Match[str], why: str) -> tuple[int, int] | None:
    """From where to where the table stands: by its number, by what the reason quotes of it, or the last one."""
    tables = _spans(lines)
    spans = [(begin, end) for begin, end, head in tables if head == place["head"]]
    if not spans:  # of tables in it: `[services] init` stands in each of them
        spans = [(begin, end) for begin, end, head in tables if head.startswith(f"{place['head']}.")]
    if place["number"] and int(place["number"]) <= len(spans):
        return spans[int(place["number"]) - 1]
    quoting = [span for span in spans if _is_quoted(lines[span[0] : span[1]], why)]
    likely = quoting or spans
    return likely[-1] if likely else None


def _is_quoted(lines: list[str], why: str) -> bool:
    return any(word in why for line in lines[1:] for word in re.findall(r'= "([^"]{2,})"', line))


def _keys(lines: list[str], begin: int, end: int) -> dict[str, tuple[int, int]]:
    """Each key of a table, and from where to where it stands: a list may have several lines."""
    found, at = {}, begin + 1
    while at < end:
        key, last = re.match(r"([\w-]+) = (.*)", lines[at]), at + 1
        if key and key[2].strip() == "[":
            last = next((number + 1 for number in range(at, end) if lines[number] == "]"), end)
        if key:
            found[key[1]] = (at, last)
        at = last
    return found


def _key_without(lines: list[str], place: re.Match[str], why: str) -> list[str]:
    """A key with its list but for the word that is refused; what is no list as a comment."""
    [(key, value)] = tomllib.loads("\n".join(lines)).items()
    if isinstance(value, list):
        refused = int(place["member"]) - 1 if place["member"] else -1
        kept = [word for number, word in enumerate(value) if number != refused and repr(word) not in why]
        if len(kept) < len(value):
            return [_mark(why), *f"{key} = {quoted(kept)}".split("\n")]
    return _commented(lines, why)


def _commented(lines: list[str], why: str) -> list[str]:
    return [_mark(why), *map(_as_comment, lines)]


def _as_comment(line: str) -> str:
    """A line as a comment; what was to be decided in it counts no more: the mark above it says what does."""
    plain = re.sub(rf"{MARK}:? ?", "# ", line)
    return f"# {plain}" if plain and not plain.startswith("#") else plain

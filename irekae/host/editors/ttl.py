"""Times to live in zone files (0.5, 11.3): those of some records are lowered, and become what they were.

Syntax by RFC 1035 section 5 and RFC 2308 section 4: an owner or a TTL that is left out, $ORIGIN, $TTL, parentheses.
Everything else stays as it is, byte by byte. Records that $INCLUDE or $GENERATE makes do not stand in the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from irekae.host.editors.zone_entries import Field, entries

_TTL = re.compile(r"(?:[0-9]+[smhdw]?)+", re.IGNORECASE)
_PART = re.compile(r"([0-9]+)([smhdw]?)", re.IGNORECASE)
_CLASS = re.compile(r"IN|CH|HS", re.IGNORECASE)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

Key = tuple[str, str]
"""Whose records, in small letters with the dot at the end, and of which type."""


Kept = list[tuple[str, int]]
"""What the TTLs of a set of records were, of each as it was written, "" where it was not, and in seconds."""


@dataclass(frozen=True)
class _Record:
    """A record: written is its own TTL, usual what it has without one; front is where a TTL may be put."""

    key: Key
    written: Field | None
    usual: int | None
    front: Field
    data: list[Field]

    @property
    def seconds(self) -> int | None:
        return seconds_of(self.written.text) if self.written else self.usual


def seconds_of(word: str) -> int:
    """A TTL as it is written, `1h30m`, in seconds."""
    return sum(int(number) * _UNITS[unit.lower()] for number, unit in _PART.findall(word))


def lowered(data: bytes, origin: str, keys: Collection[Key], seconds: int) -> tuple[bytes, dict[Key, Kept]]:
    """The zone's file with a lower TTL at those records, and what it was; records whose TTL is no higher stay.

    Nothing is changed in a file without $TTL, in which a record has the TTL that was written last before it.
    """
    text = data.decode("latin-1")
    records = list(_records(text, origin))
    changes, kept = [], {}
    for key, some in _sets(records, keys).items() if all(one.seconds is not None for one in records) else ():
        was = [(one.written.text if one.written else "", one.seconds or 0) for one in some]
        if max(number for _, number in was) > seconds:
            kept[key] = was
            changes += [_put(record, str(seconds)) for record in some]
    return _changed(text, changes), kept


def restored(data: bytes, origin: str, kept: Mapping[Key, Kept], seconds: int) -> bytes:
    """The file with the TTLs as they were, at those of the records that still have the lower one."""
    text = data.decode("latin-1")
    changes = []
    for key, some in _sets(_records(text, origin), kept).items():
        was = kept[key] if len(kept[key]) == len(some) else [("", kept[key][0][1])] * len(some)
        for record, (word, number) in zip(some, was, strict=True):
            if record.seconds == seconds:
                changes.append(_put(record, word or ("" if record.usual == number else str(number))))
    return _changed(text, changes)


def _sets(records: Iterable[_Record], keys: Collection[Key]) -> dict[Key, list[_Record]]:
    found: dict[Key, list[_Record]] = {}
    for record in records:
        if record.key in keys:
            found.setdefault(record.key, []).append(record)
    return found


def serial(data: bytes) -> int | None:
    """The zone's serial, None where its file has none."""
    found = _serial(data.decode("latin-1"))
    return int(found.text) if found else None


def with_serial(data: bytes, number: int) -> bytes:
    """The file with another serial."""
    text = data.decode("latin-1")
    found = _serial(text)
    return _changed(text, [(found.line, found.start, found.end, str(number))]) if found else data


def _serial(text: str) -> Field | None:
    soa = next((one for one in _records(text, ".") if one.key[1] == "SOA" and len(one.data) > 2), None)
    return soa.data[2] if soa and soa.data[2].text.isascii() and soa.data[2].text.isdigit() else None


_Change = tuple[int, int, int, str]


def _put(record: _Record, word: str) -> _Change:
    """Put a TTL at a record, or take its own away."""
    own = record.written
    if own is None:
        return (record.front.line, record.front.start, record.front.start, f"{word} " if word else "")
    return (own.line, own.start, own.end, word)


def _changed(text: str, changes: list[_Change]) -> bytes:
    lines = text.split("\n")  # bytes that Unicode would call an end of line are a comment's
    for line, start, end, word in sorted(changes, reverse=True):
        rest = lines[line][end:]
        lines[line] = lines[line][:start] + word + (rest if word or start == end else rest.removeprefix(" "))
    return "\n".join(lines).encode("latin-1")


def _records(text: str, origin: str) -> Iterator[_Record]:
    owner, usual = "", None
    origin = f"{origin.rstrip('.').lower()}."
    for fields, owner_left_out in entries(enumerate(text.split("\n"))):
        word = fields[0].text.upper()
        if word.startswith("$"):
            if word == "$ORIGIN" and len(fields) > 1:
                origin = _name(fields[1].text, origin)
            elif word == "$TTL" and len(fields) > 1 and _TTL.fullmatch(fields[1].text):
                usual = seconds_of(fields[1].text)
            continue
        if not owner_left_out:
            owner = _name(fields.pop(0).text, origin)
        if record := _record(fields, owner, usual):
            yield record


def _record(fields: list[Field], owner: str, usual: int | None) -> _Record | None:
    """A record from behind its owner: TTL and class come in either order, or not at all."""
    written, rest = None, list(fields)
    while rest and (_TTL.fullmatch(rest[0].text) or _CLASS.fullmatch(rest[0].text)):
        field = rest.pop(0)
        written = field if _TTL.fullmatch(field.text) else written
    return _Record((owner, rest[0].text.upper()), written, usual, fields[0], rest[1:]) if rest else None


def _name(word: str, origin: str) -> str:
    if word == "@":
        return origin
    return word.lower() if word.endswith(".") else f"{word.lower()}.{origin.lstrip('.')}"

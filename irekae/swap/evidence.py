"""The evidence of a swap, kept on both hosts: what every seat judges by.

A record is one immutable value of a kind (a run of the suite, the survey, an explanation …), as compressed JSON in
`evidence/SHA256.json.gz` below irekae's folder, for root alone; `zcat` reads it. Each host's journal names every record
that was kept (event "evidence"): so a record that has vanished is noticed, and one that was altered is none, for its
digest is its name. Nothing is ever written over; `fab begin` puts the folder away with the swap.

What one host lacks is brought to it from the other whenever the records are read; what is on neither is `missing`.
Secrets never come here: what is kept is blanked, or a keyed digest.
"""

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from irekae.host import claims
from irekae.host.remote import HostError, Link, Lost, encode
from irekae.model.errors import SwapError
from irekae.model.journal import Entry, now, operator
from irekae.swap.swap import Swap

EVENT = "evidence"
LARGEST = 256 << 20  # bytes of a record as JSON
KEPT = 32 << 20  # bytes of it as it is kept
TOTAL = 1 << 30  # bytes of all records on a host

Value = TypeVar("Value")


class Kind(StrEnum):
    """What a record is."""

    SUITE = "suite"  # a run of the acceptance suite
    BASELINE = "baseline"  # one of before the swap (0.3)
    SURVEY = "survey"  # all that can be observed of production's service and data
    EXPLANATION = "explanation"  # a person's word on a finding
    DATABASES = "databases"  # what was copied of a database server (3.6)
    SIGNATURE = "signature"  # a person's word on a report


@dataclass(frozen=True)
class Kept(Generic[Value]):
    """A record: who kept it, when (ISO 8601 with a zone), and what it says."""

    digest: str
    who: str
    at: str
    value: Value


def keep(swap: Swap, kind: Kind, value: Any) -> str:
    """Keep a record on both hosts; its digest.

    Args:
        swap: connected.
        kind: what it is.
        value: a msgspec struct, or what else becomes JSON; without secrets.

    Raises:
        SwapError: it is too large, or no host took it; a host that is away gets it from the other, later.
    """
    text = msgspec.json.encode(value)
    digest, data = hashlib.sha256(text).hexdigest(), gzip.compress(text, 6, mtime=0)
    if len(text) > LARGEST or len(data) > KEPT:
        raise SwapError(f"the {kind} is too large to be kept", f"{len(text)} bytes, {len(data)} compressed")
    entry = {"event": EVENT, "kind": str(kind), "digest": digest, "at": now(), "who": operator()}
    failed = [error for name in _pair(swap) if (error := _tried(swap, name, entry, data))]
    if len(failed) == len(_pair(swap)):
        raise failed[0]
    return digest


@dataclass(frozen=True)
class Reading:
    """The records as one command reads them: each is asked for once, whoever needs it.

    Whoever wants to know what lies there *now* makes another one: a copy may be altered at any time.
    """

    swap: Swap
    _texts: dict[str, bytes | None] = field(default_factory=dict)

    def all_of(self, kind: Kind, form: type[Value]) -> list[Kept[Value]]:
        """Every record of a kind that is on either host, oldest first; what one host lacks is brought to it.

        Raises:
            SwapError: a record says what no version of ours wrote (exit status 3), or a connection is lost.
        """
        found = []
        for entry in _named(self.swap):
            if entry["kind"] == kind and (text := self._text(entry)) is not None:
                value = claims.told("the hosts", f"the {kind} {entry['digest'][:12]}", text, form)
                found.append(Kept(str(entry["digest"]), str(entry.get("who", "")), str(entry.get("at", "")), value))
        return found

    def missing(self) -> list[str]:
        """A line for each record that a journal names and neither host holds."""
        return [
            f"{entry['kind']} of {entry.get('at', 'unknown')}, kept by {entry.get('who', 'somebody')}: "
            f"{entry['digest']}"
            for entry in _named(self.swap)
            if self._text(entry) is None
        ]

    def _text(self, entry: Entry) -> bytes | None:
        digest = str(entry["digest"])
        if digest not in self._texts:
            self._texts[digest] = _text(self.swap, entry)
        return self._texts[digest]


def all_of(swap: Swap, kind: Kind, form: type[Value]) -> list[Kept[Value]]:
    """As `Reading.all_of`, of what lies there now."""
    return Reading(swap).all_of(kind, form)


# --- where it lies ----------------------------------------------------------------------------------------------------


def _pair(swap: Swap) -> list[str]:
    return [entry.name for entry in swap.inventory.pair if entry.name in swap.links]


def _path(swap: Swap, digest: str) -> str:
    return f"{swap.site.site.state}/evidence/{digest}.json.gz"


def _named(swap: Swap) -> list[Entry]:
    """The journals' lines on records, each record once, oldest first."""
    found: dict[str, Entry] = {}
    for name in _pair(swap):
        for entry in swap.entries[name]:
            if entry["event"] == EVENT:
                found.setdefault(entry["digest"], entry)
    return sorted(found.values(), key=lambda entry: str(entry.get("at", "")))


def _tried(swap: Swap, name: str, entry: Entry, data: bytes) -> SwapError | None:
    """Write a record and its line on one host; why that could not be done."""
    try:
        _write(swap, name, entry, data)
    except (HostError, Lost) as error:
        return error
    return None


def _write(swap: Swap, name: str, entry: Entry, data: bytes) -> None:
    """The record before the line that names it: a crash in between leaves a file that nobody asks for."""
    link, path = swap.links[name], _path(swap, entry["digest"])
    held = link.ask("list", path=path.rpartition("/")[0]) or {}
    if sum(state["size"] for state in held.values()) + len(data) > TOTAL:
        raise HostError(name, "full", f"{path.rpartition('/')[0]} holds more than {TOTAL >> 20} MiB", "keep evidence")
    link.ask("write", path=path, data=encode(data), mode=0o600)
    if not any(known["event"] == EVENT and known["digest"] == entry["digest"] for known in swap.entries[name]):
        link.ask("append", entry=entry)
        swap.entries[name].append(entry)


def _text(swap: Swap, entry: Entry) -> bytes | None:
    """A record's JSON from whichever host holds it whole; the other is given what it lacks."""
    copies = {name: _copy(swap.links[name], _path(swap, entry["digest"])) for name in _pair(swap)}
    whole = {name: text for name, data in copies.items() if (text := _whole(data, entry["digest"])) is not None}
    if not whole:
        return None
    good = next(iter(whole))
    for name in copies.keys() - whole.keys():
        _tried(swap, name, entry, copies[good] or b"")
    return whole[good]


def _copy(link: Link, path: str) -> bytes | None:
    held = link.ask("stat", path=path)
    if not held or held["kind"] != "file" or held["size"] > KEPT:
        return None
    found = link.ask("read", path=path)
    return base64.b64decode(found["data"]) if found else None


def _whole(data: bytes | None, digest: str) -> bytes | None:
    """What a copy holds, if that is what its name says; never more than LARGEST, whatever the copy unpacks to."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data or b"")) as file:
            text = b"".join(_parts(file))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return text if hashlib.sha256(text).hexdigest() == digest else None


def _parts(file: gzip.GzipFile) -> Iterator[bytes]:
    total = 0
    while part := file.read(1 << 20):
        total += len(part)
        if total > LARGEST:
            raise ValueError("larger than any record of ours")
        yield part

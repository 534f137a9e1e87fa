"""A journal that comes from a host: which of its lines are entries that everything here can build on."""

import json
from datetime import datetime
from typing import Annotated, NotRequired, TypedDict

import msgspec
from msgspec import Meta

from irekae.host.agent.words import is_whole
from irekae.host.claims import Count, Seconds, Short, State
from irekae.model.journal import Entry
from irekae.model.typed import converted


class Undo(TypedDict):
    """How a change is taken back."""

    kind: NotRequired[Short]
    run: NotRequired[Short]
    kept: NotRequired[dict[str, State | None]]
    argv: NotRequired[list[str]]
    there: NotRequired[list[str]]
    commands: NotRequired[list[list[str]]]
    links: NotRequired[dict[str, str]]
    source: NotRequired[str]
    target: NotRequired[str]
    path: NotRequired[str]
    init: NotRequired[Short]
    home: NotRequired[str]
    replaced: NotRequired[str]
    boot_id: NotRequired[Short]


class JournalLine(TypedDict):
    """A line of the journal."""

    event: Short
    item: NotRequired[Annotated[str, Meta(pattern=r"^[0-9]{1,2}\.[0-9]{1,2}$")]]
    phase: NotRequired[Annotated[int, Meta(ge=0, le=11)]]
    at: NotRequired[Short]
    who: NotRequired[Short]
    name: NotRequired[Short]
    why: NotRequired[str]
    boot: NotRequired[Short]
    took: NotRequired[Seconds]
    detail: NotRequired[list[str] | str]
    n: NotRequired[Count]
    what: NotRequired[str]
    undo: NotRequired[Undo]
    queue: NotRequired[str]
    boxes: NotRequired[dict[str, tuple[Count, Count]]]
    kind: NotRequired[Short]
    digest: NotRequired[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]]


NEEDED = {"change": {"n", "item", "what", "undo"}, "change undone": {"n"}, "mail": {"boxes"},
          "evidence": {"kind", "digest"}}  # fmt: skip


def entry_in(line: bytes) -> Entry | None:
    """A line's entry; None for one that is none: a power cut or a hand broke it."""
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        try:  # names that are not UTF-8 stand as the bytes they are
            entry = json.loads(line.decode("utf-8", "surrogateescape"))
        except (ValueError, RecursionError):
            return None
    return entry if isinstance(entry, dict) and is_whole(entry) else None


def entries_of(journal: list[Entry]) -> tuple[list[Entry], int]:
    """The entries of a journal that are such, oldest first, and how many are not and were passed over."""
    good = [entry for entry in journal if _is_entry(entry)]
    return good, len(journal) - len(good)


def _is_entry(entry: Entry) -> bool:
    try:
        line = converted(entry, JournalLine)
        moment = datetime.fromisoformat(line["at"]) if "at" in line else None
    except (msgspec.ValidationError, ValueError, RecursionError):
        return False
    return (moment is None or moment.tzinfo is not None) and NEEDED.get(line["event"], set()) <= line.keys()

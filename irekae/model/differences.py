"""What changes in a file, for people."""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from irekae.model.secrecy import PRIVATE

_WORDS = re.compile(r"[\w.-]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Secret:
    """A file that is not for everybody: how it changes may be told, what is in it may not.

    public_words: what may be named all the same: the pair's names and addresses, which are no secret.
    """

    public_words: Collection[str] = ()


def diff(path: str, before: bytes, after: bytes, secret: Secret | None = None) -> tuple[str, ...]:
    """A unified diff with one line of context; of a secret file, which lines change and which names are exchanged."""
    old, new = (text.decode("utf-8", "surrogateescape").splitlines() for text in (before, after))
    if secret is None:
        return tuple(difflib.unified_diff(old, new, path, path, lineterm="", n=1))
    return tuple(_counted(old, new, secret.public_words)) if old != new else ()


def _counted(old: list[str], new: list[str], public_words: Collection[str]) -> Iterator[str]:
    changes = [
        change for change in difflib.SequenceMatcher(None, old, new, False).get_opcodes() if change[0] != "equal"
    ]
    told = [_numbers(kind, first, last, start, end) for kind, first, last, start, end in changes]
    count = sum(max(last - first, end - start) for _, first, last, start, end in changes)
    yield f"{PRIVATE}: {count} {'line changes' if count == 1 else 'lines change'}: {', '.join(told)}"
    for _, first, last, start, end in changes:
        if last - first == end - start:
            for number, was, is_ in zip(range(first + 1, last + 1), old[first:last], new[start:end], strict=True):
                yield from (f"line {number}: {names}" for names in _exchanged(was, is_, public_words))


def _numbers(kind: str, first: int, last: int, start: int, end: int) -> str:
    """Line numbers as they were; of lines that are added, as they will be."""
    low, high = (start, end) if kind == "insert" else (first, last)
    word = {"insert": " added", "delete": " removed"}.get(kind, "")
    return (f"{low + 1}" if high - low == 1 else f"{low + 1} to {high}") + word


def _exchanged(was: str, is_: str, public_words: Collection[str]) -> Iterator[str]:
    """Words that stand in each other's place and may be named."""
    pairs = list(zip(_WORDS.findall(was), _WORDS.findall(is_), strict=False))
    for before, after in dict.fromkeys(pairs):
        if before != after and before.lower() in public_words and after.lower() in public_words:
            yield f"{before} → {after}"

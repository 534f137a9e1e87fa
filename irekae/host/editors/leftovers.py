"""Old names that remain in a file (item 5.2): what `grep tako` would show, without what only contains the name."""

from __future__ import annotations

from collections.abc import Sequence

from irekae.host.editors.draft import decode, shown
from irekae.host.editors.tokens import mentions
from irekae.host.names import HostNames, Leftover


def find(text: bytes, names: Sequence[HostNames]) -> tuple[Leftover, ...]:
    """Every line on which one of the names or addresses stands as a whole word; nothing for a binary file (a NUL byte).

    Item 5.2 and D5. Paths and mail addresses that contain the name are listed too: a person judges them. A line is
    listed once for each such word.
    """
    forms = tuple({form: None for host in names for form in host.forms})
    needles = [form.lower().encode() for form in forms]
    # Most files of a tree name neither host, and most lines of those that do: they cost a search for a few bytes.
    lowered = text.lower()
    if b"\0" in text or not any(needle in lowered for needle in needles):
        return ()
    found: dict[tuple[int, str], Leftover] = {}
    for number, (line, low) in enumerate(zip(text.split(b"\n"), lowered.split(b"\n"), strict=True), start=1):
        for word in _words(line, forms) if any(needle in low for needle in needles) else ():
            found.setdefault((number, word), Leftover(number, shown(decode(line.removesuffix(b"\r"))), shown(word)))
    return tuple(found.values())


def _words(line: bytes, forms: tuple[str, ...]) -> list[str]:
    return [word for _, _, word in mentions(decode(line), forms)]

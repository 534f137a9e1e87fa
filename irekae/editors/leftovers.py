"""Old names that remain in a file (item 5.2): what `grep tako` would show, without what only contains the name."""

from __future__ import annotations

from collections.abc import Sequence

from irekae.editors.draft import decode, shown
from irekae.editors.names import HostNames, Leftover
from irekae.editors.tokens import mentions


def find(text: bytes, names: Sequence[HostNames]) -> tuple[Leftover, ...]:
    """Every line on which one of the names or addresses stands as a whole word; nothing for a binary file (a NUL byte).

    Item 5.2 and D5. Paths and mail addresses that contain the name are listed too: a person judges them. A line is
    listed once for each such word.
    """
    forms = tuple({form: None for host in names for form in host.forms})
    lowered = text.lower()
    # Most files of a tree name neither host; they must cost no more than a search for a few bytes.
    if b"\0" in text or not any(form.lower().encode() in lowered for form in forms):
        return ()
    found: dict[tuple[int, str], Leftover] = {}
    for number, line in enumerate(decode(text).split("\n"), start=1):
        for _, _, word in mentions(line, forms):
            found.setdefault((number, word), Leftover(number, shown(line.removesuffix("\r")), shown(word)))
    return tuple(found.values())

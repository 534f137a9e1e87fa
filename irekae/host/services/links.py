"""Boot links after an undo: as they were before our change, with what others changed since. Pure."""

from __future__ import annotations

import re
from collections import defaultdict

from irekae.host.services.state import Links

_LINK = re.compile(r"(?P<folder>rc[0-6S]\.d)/(?P<kind>[SK])[0-9]*(?P<script>.+)")
Place = tuple[str, str]
Found = dict[str, str]


def undo_links(before: Links, after: Links, now: Links) -> tuple[dict[str, str], list[str]]:
    """The links as they shall be, and the places that both we and others changed; those stay as they are now.

    A place is a script in a runlevel; its number in the order of starting is not looked at where insserv may have given
    it another one since.

    Args:
        before: the links before our change.
        after: those that our change left.
        now: those that there are.
    """
    old, ours, theirs = (_by_place(links) for links in (before, after, now))
    merged: dict[str, str] = {}
    touched = []
    for place in sorted(old.keys() | ours.keys() | theirs.keys()):
        was, wrote, held = (links.get(place, {}) for links in (old, ours, theirs))
        if held in (was, wrote):
            merged |= was
        elif _same(was, wrote):
            merged |= held
        elif _same(held, wrote):
            merged |= was
        else:
            merged |= held
            if not _same(held, was):
                touched.append("/".join(place))
    return merged, touched


def _by_place(links: Links) -> dict[Place, Found]:
    found: dict[Place, Found] = defaultdict(dict)
    for name, target in links.items():
        link = _LINK.fullmatch(name)
        place = (link["folder"], link["script"]) if link else (name, "")
        found[place][name] = target
    return dict(found)


def _same(one: Found, other: Found) -> bool:
    """The same but for the numbers."""
    return _kinds(one) == _kinds(other)


def _kinds(links: Found) -> list[tuple[str, str]]:
    found = []
    for name, target in links.items():
        link = _LINK.fullmatch(name)
        found.append((link["kind"] if link else name, target))
    return sorted(found)

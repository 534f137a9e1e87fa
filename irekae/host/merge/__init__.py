"""Three-way merges: what we want of a file, and what others made of it meanwhile; text in, text out, pure."""

from __future__ import annotations

import re

from irekae.host.merge.clash import Clash, Merged
from irekae.host.merge.entries import merge_entries
from irekae.host.merge.lines import merge_lines

__all__ = ["Clash", "Merged", "is_accounts", "merge"]

# Files of entries whose first field is a name: shadow-utils' own, and the dated copies of them.
_ACCOUNTS = re.compile(r".*/(passwd|shadow|group|gshadow|subuid|subgid)(-|\.[0-9]{8})?\Z", re.DOTALL)


def is_accounts(path: str) -> bool:
    """Is it one of the files of accounts, which are merged name by name."""
    return _ACCOUNTS.match(path) is not None


def merge(path: str, base: bytes, ours: bytes, theirs: bytes, theirs_alone: frozenset[str] = frozenset()) -> Merged:
    """What comes of a file that we and somebody else changed, both starting from base.

    Args:
        path: tells what kind of file it is.
        base: what both started from.
        ours: what we want it to be.
        theirs: what stands there now.
        theirs_alone: names of accounts that stay as they stand there, whatever we want.

    Returns:
        The merge; where the two touch, theirs stands, and the clash is told.
    """
    if theirs == base and not theirs_alone:
        return Merged(ours, ())
    if ours in (base, theirs):
        return Merged(theirs, ())
    if b"\0" in base + ours + theirs:
        return Merged(theirs, (Clash("the whole file, which is no text", (), (), ()),))
    if is_accounts(path):
        return merge_entries(base, ours, theirs, theirs_alone)
    return merge_lines(base, ours, theirs)

"""Names of users and groups by their numbers, as this host has them."""

from __future__ import annotations

import functools
import grp
import pwd


@functools.lru_cache(maxsize=None)
def owner(number: int) -> str:
    """The name of a user, "" where nobody has the number."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""


@functools.lru_cache(maxsize=None)
def group(number: int) -> str:
    """The name of a group, "" where none has the number."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""

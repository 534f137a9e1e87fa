"""Whether a swap lies behind the hosts: only then has anything gone over from the one to the other."""

from __future__ import annotations

import json

from irekae.site.site import Site
from verify.record import Record
from verify.world import Server


def is_behind_a_swap(server: Server, site: Site, check: Record, what: str) -> bool:
    """Whether the other machine was production before the swap that it remembers; where it was not, the check says so.

    Args:
        server: the one that the check is about.
        site: where a host remembers.
        check: says what it went by.
        what: would have gone over, in words.
    """
    old = server.other.facts
    path = f"{site.site.state}/run.json"
    if role_before(old.text(path)) == "production":
        return True
    told = f"{server.other.name} was not production before this swap"
    check.saw(old.of(f"cat {path}", told))
    check.alike(what, told)
    return False


def role_before(run: str | None) -> str:
    """What a host was before the swap that it remembers; "" where it remembers none."""
    try:
        told = json.loads(run or "{}")
    except ValueError:
        return ""
    return str(told.get("role_before", "")) if isinstance(told, dict) else ""

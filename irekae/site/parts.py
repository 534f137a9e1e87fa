"""What a site has: every subject of site.toml may be left out, and with it the items and checks that are about it."""

from collections.abc import Sized
from typing import Any, TypeVar

Part = TypeVar("Part")


def needed(part: Part | None) -> Part:
    """A part of the site, for what is declared to need it (`needs=` of an item, `part_of` of a check).

    Raises:
        LookupError: the site has it not: a mistake of ours.
    """
    if part is None:
        raise LookupError("a part of site.toml is used where nothing declares that it is needed")
    return part


def has(site: object, need: str) -> bool:
    """Whether the site has what an item or a check needs; what is empty it has not.

    Args:
        site: all of site.toml.
        need: a table, list or key: "mail", "mail.lists", "copy.crontabs", "services.bind"; "home|trees": one of them.

    Raises:
        AttributeError: site.toml can have no such thing: a mistake of ours.
    """
    return any(_there(site, name.split(".")) for name in need.split("|"))


def _there(node: Any, steps: list[str]) -> bool:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else getattr(node, step)
        if node is None:
            return False
    return len(node) > 0 if isinstance(node, Sized) else True

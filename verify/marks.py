"""The markers of the checks: which item each proves, of which hosts and sites."""

from __future__ import annotations

import pytest

from verify.selection import Role


def item(number: str, *roles: Role, state: str = "") -> pytest.MarkDecorator:
    """Mark a check as the proof of an item of the manual.

    Args:
        number: the item, as "9.3"; one check may prove different items for different roles, marked twice.
        roles: of which hosts it is a check.
        state: of which services, those that are "on" or "off" there, for a check with a `service`.
    """
    return pytest.mark.item(number, roles=roles, state=state)


def part_of(*needs: str) -> pytest.MarkDecorator:
    """Mark a check, or a module of them, as one of those sites alone that have all of it (`Site.has`)."""
    return pytest.mark.part_of(*needs)

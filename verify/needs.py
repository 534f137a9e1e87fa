"""Work that takes long is started before the first check, side by side; the checks say what they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from verify.once import Once
from verify.world import Server, World

PARTS = (
    "all_facts",
    "other.all_facts",
    "root_attempts",
    "ban",
    "backup_plans",
    "backup_runs",
    "homes",
    "data_trees",
    "mail_tables",
    "boot",
    "disk",
    "databases",
    "mailing.refusals",
    "mailing.local",
    "mailing.cron",
    "mailing.outgoing",
    "mailing.smtp_in",
    "mailing.submitted",
    "mailing.fetched",
    "mailing.returned",
    "mailing.delivered",
    "mailing.reported",
    "mailing.abroad",
    "mailing.bounced",
    "sshd",
    "zones",
    "other.zones",
    "user_logins",
    "httpd",
    "other.httpd",
    "certificates",
    "outside_view",
    "seat_view",
)
"""In the order in which they are started: what is sent before what is waited for."""


def needs(*parts: str) -> pytest.MarkDecorator:
    """Mark a check with the parts that it will ask for."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValueError(f"no such part: {', '.join(sorted(unknown))}")
    return pytest.mark.needs(*parts)


def begin(world: World, wanted: Iterable[tuple[Server, str]]) -> None:
    """Start every part that some check needs."""
    for server, part in sorted(set(wanted), key=lambda pair: (PARTS.index(pair[1]), pair[0].name)):
        _part(world, server, part).begin()


def _part(world: World, server: Server, name: str) -> Once[Any]:
    owner: Any = world if hasattr(world, name) else server
    first, dot, rest = name.partition(".")
    if dot:
        owner = world.mailing if first == "mailing" else server.other
        first = rest
    found: Once[Any] = getattr(owner, first)
    return found

"""A pair of other names: what is told of it in English names none of another site's hosts and services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tasks
from irekae.cli.listing import rows
from irekae.model.items import ITEMS, keep_parts
from irekae.report.steps import by_hand, filled, steps, values_of
from irekae.site.inventory import load_inventory
from irekae.site.site import load_site

MARS = Path(__file__).parents[1] / "mars"
FOREIGN = re.compile(
    r"\b(ika|tako|qmail\S*|tcpserver|ITPASS|scitec|hiki|gate|bind|named|apache2|openbsd-inetd|inetd|popauth|ezmlm)\b"
)


def told() -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text."""
    inventory = load_inventory(MARS / "hosts.ini")
    site = load_site(inventory, MARS / "site.toml")
    keep_parts(site.has)
    values = values_of(inventory, site, "20261127")
    for command, line in rows(tasks.PHASES, {}):
        yield command, line.partition(" / ")[0]
    for number, item in ITEMS.items():
        step = steps()[number]
        for text in (*by_hand(step, "en"), step.check, step.remedy):
            yield number, "\n".join(filled(text, values))
        yield number, item.en


def test_nothing_of_another_site_is_named() -> None:
    found = [f"{where}: {text}" for where, text in told() if FOREIGN.search(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("number", "line"), [("1.3", "service nginx stop"), ("1.4", "update-rc.d nginx disable")])
def test_what_is_done_by_hand_names_the_sites_own_services(number: str, line: str) -> None:
    assert (number, line) in list(told())

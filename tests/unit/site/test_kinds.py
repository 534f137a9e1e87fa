"""What site.toml takes for the name of a service."""

from __future__ import annotations

import re

import pytest

from irekae.site.kinds import Unit

PATTERN = Unit.__metadata__[0].pattern  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    ["ssh", "openbsd-inetd", "postgresql@17-main", "wg-quick@wg0", r"srv-a\x2db", "cups.socket", "certbot.timer",
     "a@b@c", "php8.4-fpm", "mountall.sh"],
)  # fmt: skip
def test_names_of_scripts_and_units_are_taken(name: str) -> None:
    assert re.search(PATTERN, name)


@pytest.mark.parametrize(
    "name",
    ["", "postgresql@", "postgresql@.service", "a b", "../ssh", "-f", "@x", "dev-sda.device", "user.slice", "a/b",
     r"a\b", "ssh\n", "multi-user.target", "x" * 300],
)  # fmt: skip
def test_what_is_no_name_of_a_service_is_refused(name: str) -> None:
    assert not re.search(PATTERN, name)

"""Where production's word counts, so does who is in which of the users' groups."""

from __future__ import annotations

from datetime import date

import pytest

from irekae.site.tables import AccountRange
from irekae.subjects.accounts.decisions import Decided, decide
from irekae.subjects.accounts.files import Accounts

PASSWD = b"asada:x:1001:1001::/home/asada:/bin/sh\nueno:x:1002:1001::/home/ueno:/bin/sh\n"
SHADOW = b"asada:$6$h:1:0:99999:7:::\nueno:$6$h:1:0:99999:7:::\n"
BASE = "users:x:1001:\n"


def host(*groups: str, gshadow: bytes | None = None) -> Accounts:
    return Accounts(PASSWD, SHADOW, (BASE + "".join(f"{group}\n" for group in groups)).encode(), gshadow)


def decided(source: Accounts, target: Accounts, **rules: object) -> Decided:
    return decide(source, target, AccountRange(uid_min=1000, uid_max=29999, **rules), date(2026, 1, 1))  # type: ignore[arg-type]


def members(found: Decided, group: str) -> str:
    lines = found.accounts.group.decode().splitlines()
    return next(line.rpartition(":")[2] for line in lines if line.startswith(f"{group}:"))


@pytest.mark.parametrize("rules", [{"source_wins": True}, {"decided": {"asada": "source"}}])
def test_she_joins_and_leaves_and_nobody_else_does(rules: dict[str, object]) -> None:
    source = host("epa:x:1500:asada", "aoe:x:1501:ueno")
    target = host("epa:x:1700:mori", "aoe:x:1501:mori,asada")
    found = decided(source, target, **rules)
    assert members(found, "epa") == "mori,asada"
    assert members(found, "aoe") == ("mori,ueno" if "source_wins" in rules else "mori")
    assert "taken over from production: asada" in found.summary()
    assert (found.accounts.passwd, found.accounts.shadow) == (PASSWD, SHADOW)


def test_gshadow_follows() -> None:
    gshadow = b"users:!::\nepa:!:asada:mori\n"
    found = decided(host("epa:x:1500:asada"), host("epa:x:1500:mori", gshadow=gshadow), source_wins=True)
    assert found.accounts.gshadow == b"users:!::\nepa:!:asada:mori,asada\n"


def test_a_group_outside_the_range_is_told_and_left_to_the_new_build() -> None:
    found = decided(host("sudo:x:27:asada"), host("sudo:x:27:ueno"), source_wins=True)
    assert found.accounts.group == host("sudo:x:27:ueno").group
    assert any("asada: further groups: sudo on production" in line for line in found.summary())
    assert found.taken == ()


def test_a_group_that_the_standby_lacks_comes_with_its_members() -> None:
    found = decided(host("epa:x:1500:asada,ueno"), host(), source_wins=True)
    assert members(found, "epa") == "asada,ueno"


def test_by_the_manual_nothing_changes_and_twice_is_once() -> None:
    source, target = host("epa:x:1500:asada"), host("epa:x:1500:ueno")
    assert decided(source, target).accounts == target
    once = decided(source, target, source_wins=True).accounts
    assert decided(source, once, source_wins=True).accounts == once

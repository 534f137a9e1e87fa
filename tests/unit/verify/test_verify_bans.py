"""fail2ban's stranger knocks until he is banned (9.8)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from verify import bans
from verify.finding import Unreachable


def knocked(monkeypatch: pytest.MonkeyPatch, knocks: list[bool], bans_at: int) -> bans.Ban:
    """What becomes of him: knocks: is he heard; the port is closed to him from so many heard knocks on."""
    ban = bans.Ban(settings={"maxretry": "4"})
    left = iter(knocks)

    def knock(*_: Any) -> Any:
        if not next(left):
            raise Unreachable("outside", "turned away")
        return SimpleNamespace(evidence="a knock")

    def call(*_: Any) -> tuple[str, Any]:
        return ("refused" if ban.attempts >= bans_at else "connected"), "a look"

    monkeypatch.setattr(bans, "knock", knock)
    monkeypatch.setattr(bans, "call", call)
    nothing: Any = None
    bans._fail_until_banned(ban, nothing, nothing, nothing, nothing)
    return ban


def test_he_is_banned_by_the_attempts_that_the_jail_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert knocked(monkeypatch, [True] * 9, bans_at=4).banned == "refused"


def test_turned_away_once_and_not_banned_he_knocks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = knocked(monkeypatch, [True, True, True, False, True, True], bans_at=4)
    assert (found.banned, found.attempts) == ("refused", 4)


def test_turned_away_again_and_again_he_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = knocked(monkeypatch, [True, False, False], bans_at=4)
    assert (found.banned, found.attempts) == ("connected", 1)


def test_where_nothing_bans_he_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = knocked(monkeypatch, [True] * 9, bans_at=99)
    assert (found.banned, found.attempts) == ("connected", 5)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("These IP addresses/networks are ignored:\n|- 127.0.0.0/8\n|- ::1\n`- 2001:db8:5::/48", []),
        ("No IP address/network is ignored", []),
        ("These IP addresses/networks are ignored:\n|- 10.0.0.0/8\n`- 2000::/3", ["2000::/3"]),
        ("These IP addresses/networks are ignored:\n`- 0.0.0.0/0", ["0.0.0.0/0"]),
    ],
)
def test_a_jail_that_ignores_strangers_is_told(said: str, found: list[str]) -> None:
    assert bans.ignores_strangers(said) == found

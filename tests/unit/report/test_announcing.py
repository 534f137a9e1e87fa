"""The announcement is handed in on the host, over the connection whose far end is known, and once."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

import pytest
from msgspec import structs

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, Item, On
from irekae.report import announcing
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.report.sample import sample

PROJECT = Path(__file__).resolve().parents[3]
ITEM = Item("11.1", "mail", "", "", On.SEAT, lambda *_: None, "M", EXACT, False, False, False)


@pytest.fixture
def taken(tako: FarEnd) -> list[tuple[Sequence[str], bytes]]:
    """What the mail system is given of the machine that is production after the exchange."""
    found: list[tuple[Sequence[str], bytes]] = []

    def take(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        found.append((argv, stdin))
        return 0, ""

    tako.commands = take
    return found


@pytest.fixture
def bound(swap: Swap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Swap:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("irekae.report.gather.acceptance", lambda swap: sample())
    monkeypatch.setattr(announcing, "end_watch", lambda swap: [])
    swap.send = True
    return swap.for_pair(ITEM)


def test_the_host_itself_takes_the_mail(bound: Swap, taken: list[tuple[Sequence[str], bytes]], ika: FarEnd) -> None:
    told = announcing.announce(bound)
    [(argv, mail)] = taken
    settings = bound.site.announce
    assert list(argv) == [*settings.submit, "-f", settings.sender]
    parsed = message_from_bytes(mail)
    assert parsed["To"] == ", ".join(settings.to)
    assert mail == announcing.PATH.read_bytes()
    assert "サーバ交換完了のお知らせ" in announcing.READABLE.read_text(encoding="utf-8")
    assert "is sent to" in told
    assert ika.ran == []


def test_nothing_is_sent_unasked(bound: Swap, taken: list[tuple[Sequence[str], bytes]]) -> None:
    bound.send = False
    assert "not sent" in announcing.announce(bound)
    assert taken == []


def test_a_second_time_is_refused_with_who_sent_it(bound: Swap, taken: list[tuple[Sequence[str], bytes]]) -> None:
    announcing.announce(bound)
    with pytest.raises(SwapError, match="was sent already") as raised:
        announcing.announce(bound)
    assert raised.value.status is Status.REFUSED
    assert raised.value.detail.startswith("by ")
    assert len(taken) == 1


def test_a_mail_system_that_refuses_says_why_and_may_be_asked_again(bound: Swap, tako: FarEnd) -> None:
    tako.commands = lambda argv, stdin: (111, "qmail-inject: fatal: unable to fork\x1b[2J")
    with pytest.raises(SwapError, match="did not take the announcement") as raised:
        announcing.announce(bound)
    assert "unable to fork" in raised.value.detail
    tako.commands = lambda argv, stdin: (0, "")
    assert "is sent to" in announcing.announce(bound)


def test_another_site_hands_in_its_own_way(bound: Swap, taken: list[tuple[Sequence[str], bytes]]) -> None:
    settings = structs.replace(bound.site.announce, submit=("/usr/sbin/exim4", "-t"))
    bound.site = structs.replace(bound.site, announce=settings)
    announcing.announce(bound)
    assert list(taken[0][0])[:2] == ["/usr/sbin/exim4", "-t"]


def test_nothing_at_the_seat_speaks_smtp() -> None:
    modules = [path for top in ("irekae", "tasks") for path in (PROJECT / top).rglob("*.py")]
    names = {
        alias.name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert "smtplib" not in names

"""The announcement is handed in on the host, over the connection whose far end is known, and once."""

from __future__ import annotations

import ast
import io
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

import pytest
from msgspec import structs
from msgspec.structs import replace

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, Item, On
from irekae.model.results import Signature
from irekae.report import announcing
from irekae.report.acknowledged import names_of
from irekae.report.verdict import verdict
from irekae.site.site import needed
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.report.sample import sample
from tests.unit.small_procedure import begun, declare
from tests.unit.swap.test_consent import Terminal

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
    monkeypatch.setattr("irekae.report.gather.acceptance", lambda swap: sample(broken=False))
    monkeypatch.setattr(announcing, "end_watch", lambda swap: [])
    swap.send = True
    return swap.for_pair(ITEM)


def test_the_host_itself_takes_the_mail(bound: Swap, taken: list[tuple[Sequence[str], bytes]], ika: FarEnd) -> None:
    told = announcing.announce(bound)
    [(argv, mail)] = taken
    settings = needed(bound.site.announce)
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
    bound.send = False
    assert announcing.announce(bound) == "the announcement was sent already"
    assert len(taken) == 1


def test_a_mail_system_that_refuses_says_why_and_may_be_asked_again(bound: Swap, tako: FarEnd) -> None:
    tako.commands = lambda argv, stdin: (111, "qmail-inject: fatal: unable to fork\x1b[2J")
    with pytest.raises(SwapError, match="did not take the announcement") as raised:
        announcing.announce(bound)
    assert "unable to fork" in raised.value.detail
    tako.commands = lambda argv, stdin: (0, "")
    assert "is sent to" in announcing.announce(bound)


def test_a_call_that_was_ended_while_it_handed_it_in_leaves_a_question(
    bound: Swap,
    due: Swap,
    tako: FarEnd,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def end(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        raise KeyboardInterrupt

    tako.commands = end
    with pytest.raises(KeyboardInterrupt):
        announcing.announce(bound)
    ident = message_from_bytes(announcing.PATH.read_bytes())["Message-ID"].strip()
    due.yes = True
    with pytest.raises(SwapError, match="not known whether the announcement is out") as raised:
        announcing.want_leave(due)
    assert (raised.value.status, ident in raised.value.detail) == (Status.REFUSED, True)
    due.yes = False
    monkeypatch.setattr("sys.stdin", Terminal("send\n"))
    announcing.want_leave(due)
    assert ident in capsys.readouterr().out
    tako.commands = lambda argv, stdin: (0, "")
    assert "is sent to" in announcing.announce(bound)


def test_a_refusal_leaves_no_question(bound: Swap, due: Swap, tako: FarEnd) -> None:
    tako.commands = lambda argv, stdin: (75, "later")
    with pytest.raises(SwapError, match="did not take"):
        announcing.announce(bound)
    due.yes = True
    announcing.want_leave(due)


BAD = sample()
SEAL = Signature(word="acknowledged", signed_by="Taro Kobe", despite=tuple(names_of(verdict(BAD))))


@pytest.mark.parametrize(
    "seals", [(), (replace(SEAL, word="accepted"),), (replace(SEAL, despite=SEAL.despite[1:]),)], ids=str
)
def test_what_nobody_answers_for_is_not_sent(
    bound: Swap,
    taken: list[tuple[Sequence[str], bytes]],
    monkeypatch: pytest.MonkeyPatch,
    seals: tuple[Signature, ...],
) -> None:
    monkeypatch.setattr("irekae.report.gather.acceptance", lambda swap: replace(BAD, sign_offs=seals))
    with pytest.raises(SwapError, match="nobody has acknowledged that") as raised:
        announcing.announce(bound)
    assert raised.value.status is Status.REFUSED
    assert f"--despite {','.join(SEAL.despite)}" in raised.value.hint
    assert taken == []
    bound.send = False
    assert "not sent" in announcing.announce(bound), "it may be written all the same"


def test_open_points_that_somebody_has_acknowledged_may_be_announced(
    bound: Swap, taken: list[tuple[Sequence[str], bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("irekae.report.gather.acceptance", lambda swap: replace(BAD, sign_offs=(SEAL,)))
    assert "is sent to" in announcing.announce(bound)


# --- before anything is done ---


@pytest.fixture
def due(swap: Swap, items: dict[str, Item], monkeypatch: pytest.MonkeyPatch) -> Swap:
    """Nothing but the announcement is left."""
    begun(swap)
    declare("11.1", On.SEAT, lambda swap: None)
    monkeypatch.setattr("irekae.report.gather.acceptance", lambda swap: sample(broken=False))
    swap.send, swap.yes = True, False
    return swap


def test_the_operator_sees_to_whom_and_types_the_word(
    due: Swap, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("send\n"))
    announcing.want_leave(due)
    said = capsys.readouterr().out
    assert needed(due.site.announce).to[0] in said
    assert "Verdict           accepted\n" in said
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    with pytest.raises(SwapError, match="not confirmed: nothing was changed"):
        announcing.want_leave(due)
    assert due.entries == {"ika": [], "tako": []}


def test_nobody_there_and_no_yes_sends_nothing(due: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("send\n"))
    with pytest.raises(SwapError, match="nobody is there to confirm: the announcement goes out") as raised:
        announcing.want_leave(due)
    assert raised.value.status is Status.REFUSED
    due.yes = True
    announcing.want_leave(due)


def test_another_site_hands_in_its_own_way(bound: Swap, taken: list[tuple[Sequence[str], bytes]]) -> None:
    settings = structs.replace(needed(bound.site.announce), submit=("/usr/sbin/exim4", "-t"))
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

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from msgspec.structs import replace

from irekae.model.results import Acceptance
from irekae.report.announce import RULE, announcement
from tests.unit.report.sample import sample

SENDER = "itpadmin@itpass.scitec.kobe-u.ac.jp"
TO = ["itpass-ml@itpass.scitec.kobe-u.ac.jp", "epa@epa.scitec.kobe-u.ac.jp"]


def mail(results: Acceptance) -> EmailMessage:
    """The mail as it arrives, after the wire."""
    sent = announcement(results, SENDER, TO, "itpass.scitec.kobe-u.ac.jp")
    return message_from_bytes(bytes(sent), policy=default)


def halves(results: Acceptance) -> tuple[str, str]:
    japanese, _, english = mail(results).get_content().partition(RULE)
    return japanese, english


@pytest.fixture(params=[0, 1], ids=["ja", "en"])
def half(request: pytest.FixtureRequest) -> str:
    return halves(sample(broken=False))[int(request.param)]


def test_headers_survive_the_wire() -> None:
    arrived = mail(sample())
    assert arrived["From"] == SENDER
    assert [a.addr_spec for a in arrived["To"].addresses] == TO
    assert arrived["Subject"].startswith("[ITPASS] サーバ交換完了のお知らせ / Server exchange completed")
    assert arrived["Date"].datetime.isoformat() == "2012-11-09T13:07:00+09:00"
    assert arrived["Message-ID"].endswith("@itpass.scitec.kobe-u.ac.jp>")
    assert arrived.get_content_charset() == "utf-8"
    assert arrived.defects == []


def test_the_mail_can_go_over_any_mail_exchanger() -> None:
    raw = bytes(announcement(sample(), SENDER, TO, "itpass.scitec.kobe-u.ac.jp"))
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_the_same_results_give_the_same_mail() -> None:
    assert bytes(mail(sample())) == bytes(mail(sample()))
    assert mail(sample())["Message-ID"] != mail(sample(broken=False))["Message-ID"]


def test_every_new_key_stands_under_the_name_that_bears_it_now(half: str) -> None:
    ika = half.index("uT4cQwE8")
    assert half.index("ika (ika-itpass") < ika < half.index("tako (tako-itpass") < half.index("9Zx1mE0v")
    assert half.count("SHA256:") == 4


def test_every_entry_that_known_hosts_may_have_is_to_be_removed(half: str) -> None:
    for name in (
        "ika",
        "ika-itpass.scitec.kobe-u.ac.jp",
        "198.51.100.21",
        "itpass.scitec.kobe-u.ac.jp",
        "198.51.100.22",
    ):
        assert f"ssh-keygen -R {name}\n" in half


def test_outages_are_told_as_measured() -> None:
    japanese, english = halves(sample(broken=False))
    assert "dns: 合計 54.4 秒 (最長 38.5 秒)" in japanese
    assert "dns: 54.4 s in all (longest 38.5 s)" in english


def test_outages_that_nobody_measured_are_not_made_up() -> None:
    japanese, english = halves(replace(sample(), outages=()))
    assert "計測していません" in japanese
    assert "Not measured." in english


def test_a_service_that_is_not_back_is_said_to_be_so() -> None:
    results = sample()
    open_end = replace(results.outages[0].gone[0], end=None)
    japanese, english = halves(replace(results, outages=(replace(results.outages[0], gone=(open_end,)),)))
    assert "未復旧" in japanese
    assert "NOT BACK YET" in english


def test_what_failed_is_not_hidden_from_users() -> None:
    japanese, english = halves(sample())
    assert "確認に失敗: 9.10 ika cps 宛のメールの配送" in japanese
    assert "Check failed: 9.10 ika mail to cps is delivered" in english
    assert "still open" not in halves(sample(broken=False))[1]


def test_text_is_plain_and_not_escaped_for_the_web() -> None:
    check = replace(sample().checks[0], outcome="failed", title="Tom's <page> & more")
    english = halves(replace(sample(), checks=(check,)))[1]
    assert "Tom's <page> & more" in english


def test_contact_is_the_sender_unless_said_otherwise(half: str) -> None:
    assert half.rstrip().endswith(SENDER)
    other = announcement(sample(), SENDER, TO, "x.example", contact="help@x.example").get_content()
    assert other.count("help@x.example") == 2

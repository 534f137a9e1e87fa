from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from msgspec.structs import replace

from irekae.model.findings import Explanation
from irekae.model.results import Acceptance, Comparison, OpenPoint, Span
from irekae.report.announce import RULE, Sender, announcement, readable
from tests.unit.report.sample import sample

ADDRESS = "itpadmin@itpass.scitec.kobe-u.ac.jp"
SENDER = Sender(ADDRESS, "ITPASS administrators", "ITPASS サーバ管理者一同")
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
    assert arrived["From"] == f"ITPASS administrators <{ADDRESS}>"
    assert [a.addr_spec for a in arrived["To"].addresses] == TO
    assert arrived["Subject"].startswith("[ITPASS] サーバ交換完了のお知らせ / Server exchange completed")
    assert arrived["Date"].datetime.isoformat() == "2012-11-09T13:07:00+09:00"
    assert arrived["Message-ID"].endswith("@itpass.scitec.kobe-u.ac.jp>")
    assert arrived.get_content_charset() == "utf-8"
    assert arrived.defects == []


def test_the_mail_can_go_over_any_mail_exchanger() -> None:
    raw = bytes(announcement(sample(), SENDER, TO, "itpass.scitec.kobe-u.ac.jp"))
    head, _, _ = raw.partition(b"\n\n")
    assert head.isascii()  # RFC 5322; the text needs RFC 6152 (8BITMIME), which stands in it
    assert b"Content-Transfer-Encoding: 8bit" in head
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
    assert "名前の問い合わせ (DNS): 合計 54.4 秒 (最長 38.5 秒)" in japanese
    assert "names (DNS): 54.4 s in all (longest 38.5 s)" in english


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


def test_what_does_not_work_for_users_is_told_by_the_name_of_the_service() -> None:
    japanese, english = halves(sample())
    assert (
        "* What does not work yet\n\n  - editing the wiki\n  - names (DNS)\n  - sending and receiving mail (SMTP)\n"
        in english
    )
    assert "■ まだ使えないもの\n\n  - wiki の編集\n  - 名前の問い合わせ (DNS)\n" in japanese
    assert "does not work" not in halves(sample(broken=False))[1]


OPERATORS = [
    {"baseline": (Comparison("/home kato", "12 files", "11 files", "new difference"),)},
    {"evidence_missing": ("survey of noon",)},
    {"open_points": (OpenPoint("mail left", "of kato"),)},
    {"explanations": (Explanation(id="1", values="2", subject="kato", who="mori", at="noon", why="kato left"),)},
]


@pytest.mark.parametrize("more", OPERATORS, ids=lambda more: next(iter(more)))
def test_what_is_the_operators_business_is_not_mailed_to_users(more: dict[str, Any]) -> None:
    assert halves(replace(sample(broken=False), **more)) == halves(sample(broken=False))
    good = sample(broken=False)
    failed = replace(good.checks[0], item="7.2", outcome="failed", title="/etc/shadow", found="kato")
    assert halves(replace(good, checks=(failed, *good.checks))) == halves(good)


def test_what_nobody_watched_is_not_called_never_away() -> None:
    good = sample(broken=False)
    gap = Span("2012-11-09T13:01:00+09:00", "2012-11-09T13:02:00+09:00")
    never = replace(good.outages[0], gone=(), longest=0.0)
    japanese, english = halves(replace(good, outages=(never,), unwatched=(gap,)))
    assert "never away" not in english
    assert "not while it was watched" in english
    assert "(not measured: 13:01:00 – 13:02:00)" in english
    assert "nobody watched" not in english
    assert "(計測していない時間帯: 13:01:00 – 13:02:00)" in japanese
    assert "never away" in halves(replace(good, outages=(never,)))[1]


def test_contact_is_the_sender_unless_said_otherwise(half: str) -> None:
    assert ADDRESS in half.rstrip().splitlines()[-3]
    other = announcement(sample(), Sender(ADDRESS, "x", "y", "help@x.example"), TO, "x.example").get_content()
    assert other.count("help@x.example") == 2


def test_the_mail_apologises_and_is_signed() -> None:
    japanese, english = halves(sample())
    assert "申し訳ありません" in japanese
    assert "We apologise" in english
    assert japanese.rstrip().endswith("ITPASS サーバ管理者一同")
    assert english.rstrip().endswith("ITPASS administrators")


def test_a_name_that_site_toml_leaves_out_is_made_of_the_sites_title() -> None:
    assert Sender.of(ADDRESS, "", "", "ITPASS") == Sender(ADDRESS, "ITPASS administrators", "ITPASS サーバ管理者")
    assert Sender.of(ADDRESS, "Mori", "", "ITPASS").name_ja == "Mori"
    assert "\n" not in Sender.of(ADDRESS, "Mori\nBcc: all@x.example", "", "ITPASS").name


def test_machines_are_no_business_of_users() -> None:
    places = tuple(replace(p, machine_before="4f2a9c1b", machine_after="deadbeef") for p in sample().places)
    text = mail(replace(sample(), places=places)).get_content()
    assert "4f2a9c1b" not in text
    assert "deadbeef" not in text
    assert "now on the computer that was standby before" in text
    assert "これまでの予備サーバの計算機が引き継ぎました" in text


def test_the_file_can_be_read_as_it_lies_there() -> None:
    written = announcement(sample(), SENDER, TO, "itpass.scitec.kobe-u.ac.jp")
    assert "サーバの交換作業が完了しました".encode() in bytes(written)
    shown = readable(written)
    assert shown.startswith("From: ITPASS administrators <")
    assert "\nSubject: [ITPASS] サーバ交換完了のお知らせ / Server exchange completed (ika, tako)\n" in shown
    assert shown.endswith(written.get_content())

"""The offline manual (0.1): every item told in both languages with this site's facts; what of the wiki is not saved."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import tasks
from irekae.model.items import ITEMS, Item
from irekae.model.language import LANGS, Lang
from irekae.report import offline_manual
from irekae.report.decisions import DECISIONS, OF_ITEM, decisions
from irekae.report.steps import by_hand, steps, undo
from irekae.report.wiki import Saved
from irekae.subjects.mail import SYSTEMS
from irekae.swap.swap import Swap
from tests.unit.report.by_hand_on import USUALLY
from tests.unit.subjects.mail.sites import with_exim, with_postfix

assert tasks  # declares the items


def test_every_decision_stands_beside_an_item_that_exists() -> None:
    assert {name for names in OF_ITEM.values() for name in names} == set(DECISIONS) == {f"D{n}" for n in range(1, 8)}
    assert set(OF_ITEM) <= set(ITEMS)


@pytest.mark.parametrize("lang", LANGS)
def test_a_decision_is_named_and_told_in_each_language(lang: str) -> None:
    [note] = decisions("7.8", lang)  # type: ignore[arg-type]
    assert note.startswith("D1: ")
    assert bool(re.search("[ぁ-ん]", note)) is (lang == "ja")
    assert decisions("1.1", lang) == ()  # type: ignore[arg-type]


def test_pages_that_could_not_be_saved_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "http://wiki.example.org/?Other"
    saved = Saved(Path("report/wiki/index.html"), {"http://wiki.example.org/": Path("x")}, {page: "timed out"})
    monkeypatch.setattr(offline_manual, "save_wiki", lambda *_: saved)
    assert offline_manual._save_wiki("http://wiki.example.org/") == [
        "saved 1 pages of the wiki, from report/wiki/index.html on",
        f"not saved: {page}: timed out",
    ]


def test_that_the_wiki_has_no_address_is_told(swap: Swap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(offline_manual, "whole_plan", lambda swap: [])
    assert offline_manual.save_manual(swap) == [
        "saved report/manual.html",
        "saved report/manual.ja.html",
        "the wiki's pages are not saved: [site] wiki in site.toml has no address",
    ]


def test_every_item_and_no_other_has_its_step() -> None:
    for system in SYSTEMS:
        assert set(steps(system)) == set(ITEMS)
        assert all(step.hand and step.check and step.remedy for step in steps(system).values())


@pytest.mark.parametrize("make", [with_postfix, with_exim])
@pytest.mark.parametrize("lang", LANGS)
def test_the_steps_of_mail_are_the_mail_system_s_own(swap: Swap, make: Callable[[Swap], Swap], lang: Lang) -> None:
    for number in ("0.2", "1.3", "1.6", "7.1", "7.2", "7.3", "9.10", "9.16"):
        row = offline_manual._row(make(swap), ITEMS[number], [], lang, USUALLY)
        assert row.hand, number
        assert "qmail-" not in "\n".join([*row.hand, row.check, row.remedy]), number


@pytest.mark.parametrize("lang", LANGS)
def test_every_gap_is_filled_with_a_fact_of_this_site(swap: Swap, lang: Lang) -> None:
    rows = {item.number: offline_manual._row(swap, item, [], lang, USUALLY) for item in ITEMS.values()}
    told = " ".join(" ".join((*row.hand, row.check, row.remedy)) for row in rows.values())
    assert not re.search(r"\{[a-z_.]+\}", told)
    assert "--exclude=/gate" in " ".join(rows["3.1"].hand)
    assert all(bool(re.search("[ぁ-んァ-ヶ一-龠]", row.check + row.remedy)) for row in rows.values()) is (lang == "ja")


@pytest.mark.parametrize("text", sorted({item.undo for item in ITEMS.values()}))
def test_how_an_item_is_taken_back_is_told_in_both_languages(text: str) -> None:
    assert undo(text, "en") == text
    assert re.search("[ぁ-ん]", undo(text, "ja"))


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.number)
def test_the_command_of_an_item_names_a_task_and_the_one_host_that_it_acts_on(swap: Swap, item: Item) -> None:
    row = offline_manual._row(swap, item, [], "en", USUALLY)
    words = row.command.split()
    assert words[-1] == f"phase{item.phase}.{item.name.replace('_', '-')}"
    assert words[1:-1] in ([], ["-H", row.hosts[0]])


def test_what_is_said_beside_a_command_is_said_in_japanese_too() -> None:
    told = [line for system in SYSTEMS for step in steps(system).values() for line in by_hand(step, "ja")]
    said = [line.partition("# ")[2] for line in told if "# " in line]
    said = [text for text in said if not text.startswith("PermitRootLogin ")]  # a line of sshd_config
    english = [text for text in said if re.search(r"[a-z]{3,} [a-z]{2,}", text) and not re.search("[ぁ-ん一-龠]", text)]
    assert english == []
    assert by_hand(steps()["0.4"], "en")[-1] == "# the same without -n"
    assert by_hand(steps()["0.4"], "ja")[-1] == "# 同じものを -n なしで"


@pytest.mark.parametrize("number", ["0.4", "3.1", "3.2", "3.3", "3.4", "4.1"])
def test_where_a_copy_is_typed_is_said_for_it_concerns_two_hosts(swap: Swap, number: str) -> None:
    assert offline_manual._row(swap, ITEMS[number], [], "en", USUALLY).hand[0] == "# on ika:"
    assert offline_manual._row(swap, ITEMS[number], [], "ja", USUALLY).hand[0] == "# ika で:"

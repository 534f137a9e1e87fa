"""The offline manual (0.1): decisions beside the items they concern, and pages of the wiki that could not be saved."""

import re
from pathlib import Path

import pytest

import tasks
from irekae.model.items import ITEMS
from irekae.model.language import LANGS
from irekae.report import offline_manual
from irekae.report.decisions import DECISIONS, OF_ITEM, decisions
from irekae.report.wiki import Saved

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

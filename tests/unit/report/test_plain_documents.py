from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from irekae.model.language import LANGS
from irekae.model.results import Acceptance, Comparison, Evidence, manual_numbers
from irekae.report import hiki, markdown
from irekae.report.files import documents
from tests.unit.report.sample import sample


def with_text(text: str) -> Acceptance:
    results = sample()
    check = replace(results.checks[0], title=text, outcome="failed", found=text, remedy=text)
    check = replace(check, evidence=(Evidence(text, text, "outside", check.at, 0.1),))
    return replace(results, checks=(check,))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("render", [markdown.render, hiki.render])
def test_every_item_and_every_failure_is_named(render: Callable[..., Any], lang: str) -> None:
    text = render(sample(), lang)
    assert [number for number in manual_numbers() if f"| {number} |" not in text] == []
    assert "553 Sorry" in text
    assert "timed out after 10 s" in text


@pytest.mark.parametrize(("lang", "word"), [("en", "Remedy"), ("ja", "対処")])
@pytest.mark.parametrize("render", [markdown.render, hiki.render])
def test_a_difference_is_told_with_what_mends_it(render: Callable[..., Any], lang: str, word: str) -> None:
    lost = Comparison("mails", "31", "30", "new difference", remedy="fetch them from the old machine", key="kato")
    text = render(replace(sample(), baseline=(lost,)), lang)
    assert text.count(f"{word}: fetch them from the old machine") == 2  # as a reason, and in its row
    assert "| mails kato |" in text


def test_files_are_named_by_language() -> None:
    assert set(documents(sample(), "en")) == {
        "acceptance.json",
        "acceptance.html",
        "acceptance.md",
        "acceptance.hiki.txt",
    }
    assert set(documents(sample(), "ja")) == {
        "acceptance.json",
        "acceptance.ja.html",
        "acceptance.ja.md",
        "acceptance.ja.hiki.txt",
    }


def test_markdown_tables_keep_their_columns() -> None:
    lines = markdown.render(with_text("a | b\nc")).splitlines()
    width = 0
    for line in lines:
        cells = line.replace("\\|", "").count("|")
        width = (width or cells) if line.startswith("|") else 0
        assert not line.startswith("|") or cells == width


def test_markdown_shows_markup_of_hosts_as_text() -> None:
    text = markdown.render(with_text("<script> *a* `b` [c](d) # e"))
    assert "\\<script\\> \\*a\\* \\`b\\` \\[c\\](d) \\# e" in text


@given(st.text("`\n x", max_size=40))
def test_no_evidence_can_end_its_own_fence(text: str) -> None:
    lines = markdown._fenced(text).split("\n")
    fence = lines[0].removesuffix("text")
    assert lines[-1] == fence
    assert "\n".join(lines[1:-1]) == text
    assert not any(line.strip().startswith(fence) for line in lines[1:-1])


@given(st.text("{}[]'=`|!*: a", max_size=40))
def test_hiki_finds_no_sign_of_its_own_in_host_text(text: str) -> None:
    shown = hiki.plain(text)
    assert not any(pair in shown for pair in ("{{", "}}", "[[", "]]", "''", "==", "``", "||"))
    assert shown.replace(" ", "") == text.replace(" ", "")


def test_hiki_evidence_calls_no_plugin_and_cannot_leave_its_block() -> None:
    text = hiki.render(with_text("{{include('x')}}\n!heading\n||cell\n\n>>>"))
    block = text[text.index("\n { {include") :].split("\n")[1:6]
    assert all(line.startswith(" ") for line in block)
    assert "{{" not in text


def test_hiki_tables_keep_their_columns() -> None:
    heads = [line for line in hiki.render(with_text("a || b")).splitlines() if line.startswith("||")]
    assert {line.count("||") for line in heads} <= {4, 6, 7}

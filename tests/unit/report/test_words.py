from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

import irekae.report
from irekae.model import results
from irekae.model.language import LANGS
from irekae.report import points, verdict
from irekae.report.words import ITEMS, PHASES, WORDS, Speech

PACKAGE = Path(irekae.report.__file__).parent
KINDS = [
    results.CheckOutcome,
    results.CheckBefore,
    results.ItemOutcome,
    results.BaselineVerdict,
    results.Role,
    verdict.VerdictWord,
    points.PointKind,
]


@pytest.mark.parametrize("key", [*WORDS, *map(str, PHASES), *ITEMS])
def test_every_word_exists_in_both_languages(key: str) -> None:
    word = WORDS.get(key) or ITEMS.get(key) or PHASES[int(key)]
    assert all(getattr(word, lang).strip() for lang in LANGS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_the_results_can_be_said(kind: Any) -> None:
    for lang in LANGS:
        assert all(Speech(lang)(word) for word in get_args(kind))


def test_gaps_are_the_same_in_both_languages() -> None:
    for key, word in WORDS.items():
        assert sorted(re.findall(r"{\w+}", word.en)) == sorted(re.findall(r"{\w+}", word.ja)), key


def test_every_item_that_only_checks_prove_has_a_title() -> None:
    assert list(ITEMS) == results.manual_numbers(range(9, 11))


def test_no_word_is_unused() -> None:
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".j2") and path.name != "words.py"]
    quoted = set(re.findall(r"""(?<=["'])[^"'\n]+(?=["'])""", "".join(path.read_text() for path in sources)))
    composed = re.compile(r"^(mark .|(not )?accepted means|incomplete means|acknowledged by)$")
    kinds = {word for kind in KINDS for word in get_args(kind)}
    unused = {key for key in WORDS if not composed.match(key)} - quoted - kinds
    assert {key for key in unused if key.replace(" ", "-") not in quoted} == set()


def test_a_word_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        Speech("en")("no such word")

"""The page: both languages, nothing but its own files, colours that can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import irekae.board
from irekae.board.page import Shown
from irekae.board.state import TOLD, board
from irekae.board.words import BOARD, other
from irekae.model.language import LANGS, Lang
from irekae.proof.outage.live import Seen
from tests.unit.board.example import example, heard

PACKAGE = Path(irekae.board.__file__).parent
CSS = (PACKAGE / "templates/board.css").read_text()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for key, value in attrs if key in ("src", "href", "action", "data-events", "style")]


@pytest.mark.parametrize("key", BOARD)
def test_every_word_exists_in_both_languages_with_the_same_gaps(key: str) -> None:
    word = BOARD[key]
    assert all(getattr(word, lang).strip() for lang in LANGS)
    assert sorted(re.findall(r"{\w+}", word.en)) == sorted(re.findall(r"{\w+}", word.ja))


def test_no_word_is_unused_and_every_event_has_one() -> None:
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".j2") and path.name != "words.py"]
    quoted = set(re.findall(r"""(?<=["'])[^"'\n]+(?=["'])""", "".join(path.read_text() for path in sources)))
    assert {key for key in BOARD if not key.startswith(("event ", "look "))} <= quoted
    assert {key.removeprefix("event ") for key in BOARD if key.startswith("event ")} == TOLD


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_names_nothing_but_its_own_files(lang: Lang) -> None:
    links = Links()
    links.feed(Shown(example()).page(lang))
    assert sorted(links.found) == sorted(["board.css", "board.js", f"?lang={other(lang)}", f"events?lang={lang}"])


def test_a_page_without_javascript_renews_itself() -> None:
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in Shown(example()).page("en")


def test_the_day_is_told_in_the_reader_s_language() -> None:
    english, japanese = (Shown(example()).page(lang) for lang in LANGS)
    assert "Copy /home with rsync" in english
    assert "away" in english
    assert "/home 領域を rsync" in japanese
    assert "停止中" in japanese


@pytest.mark.parametrize("lang", LANGS)
def test_what_nobody_watches_is_not_measured(lang: Lang) -> None:
    blind = board(replace(heard(), outside=Seen(unmeasured="no prober runs on outside")))
    words = {"en": "Not measured", "ja": "計測していません"}
    assert words[lang] in Shown(blind).parts(lang)["outage"]
    assert "no prober runs on outside" in Shown(blind).parts(lang)["outage"]


def test_a_silent_host_is_told_with_the_time_since_when() -> None:
    silent = tuple(replace(host, silent="no route to host") for host in heard().hosts)
    top = Shown(board(replace(heard(), hosts=silent))).parts("en")["top"]
    assert top.count("does not answer") == 2
    assert "silent since <time" in " ".join(top.split())


def test_the_board_says_that_it_has_logged_out_while_phase_6_runs() -> None:
    assert "has logged out of both hosts" in Shown(board(replace(heard(), exchanging=True))).parts("en")["top"]


def test_a_command_in_a_remedy_is_shown_as_one() -> None:
    assert "let yamada mend it on ika, then <code>fab phase3.crontabs</code>" in Shown(example()).parts("en")["trouble"]


# --- colours: WCAG 2.2, 1.4.3 -----------------------------------------------------------------------------------------


def _themes() -> list[dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    return [dict(re.findall(r"--([\w-]+): (#\w{6})", text)) for text in (light, dark)]


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


GROUNDS = {
    "paper": ("ink", "quiet", "link", "good", "bad", "lacking", "note"),
    "wash": ("ink", "quiet"),
    "good-wash": ("ink", "good"),
    "bad-wash": ("ink", "bad"),
    "lacking-wash": ("ink", "lacking"),
    "note-wash": ("note",),
}


@pytest.mark.parametrize("theme", _themes(), ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme: dict[str, str]) -> None:
    pairs = [(ink, ground) for ground, inks in GROUNDS.items() for ink in inks]
    assert [pair for pair in pairs if contrast(theme[pair[0]], theme[pair[1]]) < 4.5] == []


def test_contrast_is_measured_as_it_is_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)

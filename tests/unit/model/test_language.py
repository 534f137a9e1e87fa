"""Which language a person is spoken to in."""

from __future__ import annotations

import pytest

from irekae.model import language
from irekae.model.language import chosen, in_language, learn_site


@pytest.fixture(autouse=True)
def _no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_site", [])


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANGUAGE": "ja:en", "LANG": "de_DE.UTF-8"}, "ja"),
        ({"LANGUAGE": "de:ja", "LANG": "de_DE.UTF-8"}, "ja"),
        ({"LANGUAGE": "en", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LANGUAGE": "ja", "LANG": "C"}, "en"),
        ({"LANGUAGE": "ja"}, "en"),
        ({"IREKAE_LANG": "ja", "LC_ALL": "C"}, "ja"),
        ({"IREKAE_LANG": "en", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"IREKAE_LANG": "fr", "LANG": "ja_JP.UTF-8"}, "ja"),
    ],
)
def test_the_language_is_chosen_as_gettext_does(environment: dict[str, str], lang: str) -> None:
    assert chosen(environment) == lang


def test_the_site_chooses_where_the_environment_does_not() -> None:
    learn_site(lambda: "ja")
    assert chosen({}) == "ja"
    assert chosen({"LANG": "de_DE.UTF-8"}) == "ja"
    assert chosen({"LANG": "C"}) == "en"
    assert chosen({"LANG": "en_GB.UTF-8"}) == "en"
    learn_site(lambda: "")
    assert chosen({}) == "en"


def test_a_message_is_said_in_the_language_that_is_asked_for() -> None:
    assert in_language("rolled back") == "rolled back"
    assert in_language("rolled back", "ja") == "取り消した"


def test_what_the_terminal_lacks_the_letters_for_is_said_in_english() -> None:
    assert in_language("rolled back", "ja", "iso-8859-1") == "rolled back"
    assert in_language("rolled back", "ja", "euc-jp") == "取り消した"

"""The languages that people read, and which of them this person does.

Everything is said and remembered in English; it is translated where it is shown, so that a record that one seat has
written is read at every seat in that seat's own language.
"""

import os
from collections.abc import Callable, Mapping
from typing import Literal, get_args

Lang = Literal["en", "ja"]
LANGS: tuple[Lang, ...] = get_args(Lang)
VARIABLE = "IREKAE_LANG"  # what --lang sets, for the processes that a command starts as well
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_site: list[Callable[[], str]] = []


def learn_site(lang: Callable[[], str]) -> None:
    """Where the language of the site can be asked for: it counts where the environment names none."""
    _site[:] = [lang]


def chosen(environment: Mapping[str, str] = os.environ) -> Lang:
    """The language of what is shown: --lang (IREKAE_LANG), the locale, site.toml, or else English.

    As with gettext, LANGUAGE goes before the locale, but not before one that is C.
    """
    if own := _known(environment.get(VARIABLE, "")):
        return own
    locale = next(filter(None, (environment.get(name) for name in _LOCALE)), "")
    if _known(locale) != "en":
        for name in environment.get("LANGUAGE", "").split(":") if locale else ():
            if wanted := _known(name):
                return wanted
    return _known(locale) or _known(next((ask() for ask in _site), "")) or "en"


def _known(name: str) -> Lang | None:
    """The language of a locale's name: ja_JP.UTF-8, en, C.UTF-8; None for one that is not spoken here."""
    bare = name.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    if bare in ("c", "posix"):
        return "en"
    return next((lang for lang in LANGS if lang == bare), None)


def in_language(text: str, lang: Lang | None = None, charset: str = "utf-8") -> str:
    """A text as it is shown to a person: each line that is a message of ours in the language that was chosen.

    Args:
        text: what is said, in English; what is no message of ours, or is quoted, stays as it is.
        lang: another language than the chosen one.
        charset: of the terminal; what it lacks the letters for is shown in English.
    """
    if (lang or chosen()) == "en":
        return text
    from irekae.model.catalogue.said import said_in  # most seats never need it

    said = said_in(lang or chosen(), text)
    try:
        said.encode(charset)
    except UnicodeEncodeError:
        return text
    return said

"""The files of an acceptance report: which there are and what they are called."""

from __future__ import annotations

from irekae.model.codec import to_json
from irekae.model.language import Lang
from irekae.model.results import Acceptance
from irekae.report import hiki, html, markdown
from irekae.report.translated import in_words_of

RESULTS = "acceptance.json"


def documents(results: Acceptance, lang: Lang = "en", logs: str = "") -> dict[str, bytes]:
    """Return the contents of each file of the report by its name, in `lang`; the JSON has no language.

    `logs` says where this seat keeps what was printed: beside what is signed, for another seat has others.

    English is ``acceptance.html``, Japanese ``acceptance.ja.html``, and so on for ``.md`` and ``.hiki.txt``.
    """
    shown = in_words_of(results, lang)
    return {
        RESULTS: to_json(results),
        name("html", lang): html.render(shown, lang, logs).encode(),
        name("md", lang): markdown.render(shown, lang, logs).encode(),
        name("hiki.txt", lang): hiki.render(shown, lang).encode(),
    }


def name(ending: str, lang: Lang) -> str:
    """Return the name of the report's file in `lang` whose kind is `ending`."""
    return f"acceptance.{ending}" if lang == "en" else f"acceptance.{lang}.{ending}"

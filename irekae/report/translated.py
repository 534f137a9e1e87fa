"""Results in the reader's language: what is said in them in English, for people; what hosts said stays as it is."""

from __future__ import annotations

from msgspec.structs import replace

from irekae.model.findings import Finding
from irekae.model.language import Lang, in_language
from irekae.model.results import Acceptance, Check, Comparison, ItemRow, OpenPoint


def in_words_of(results: Acceptance, lang: Lang) -> Acceptance:
    """`results` with their English texts in `lang`, to be shown; what is kept, signed and compared is never this."""
    if lang == "en":
        return results

    def say(text: str) -> str:
        return in_language(text, lang)

    def check(one: Check) -> Check:
        told = {name: say(getattr(one, name)) for name in ("expected", "found", "cause", "remedy", "stale")}
        return replace(one, **told, findings=tuple(map(finding, one.findings)))

    def finding(one: Finding) -> Finding:
        return replace(one, remedy=say(one.remedy))  # its values are what its id and its explanation hang on

    def item(one: ItemRow) -> ItemRow:
        return replace(one, why=say(one.why), detail=tuple(map(say, one.detail)))

    def compared(one: Comparison) -> Comparison:
        return replace(one, remedy=say(one.remedy))

    def point(one: OpenPoint) -> OpenPoint:
        return replace(one, kind=say(one.kind), text_ja=one.text_ja or say(one.text))

    return replace(
        results,
        checks=tuple(map(check, results.checks)),
        items=tuple(map(item, results.items)),
        baseline=tuple(map(compared, results.baseline)),
        open_points=tuple(map(point, results.open_points)),
    )

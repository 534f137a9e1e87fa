"""Results as they are shown in another language; what is kept never is."""

from __future__ import annotations

from msgspec.structs import replace

from irekae.model.results import OpenPoint
from irekae.report import files
from irekae.report.translated import in_words_of
from tests.unit.report.sample import sample


def test_free_texts_are_in_the_language_of_the_report() -> None:
    results = sample()
    checks = (replace(results.checks[0], remedy="see `fab status`", found="a line of a host"), *results.checks[1:])
    shown = in_words_of(replace(results, checks=checks, open_points=(OpenPoint("note", "rolled back"),)), "ja")
    assert shown.checks[0].remedy == "`fab status` を見る"
    assert shown.checks[0].found == "a line of a host"
    assert shown.open_points[0].text == "rolled back"
    assert shown.open_points[0].text_ja == "取り消した"


def test_english_and_the_record_stay_as_they_are() -> None:
    results = sample()
    assert in_words_of(results, "en") is results
    assert files.documents(results, "ja")[files.RESULTS] == files.documents(results)[files.RESULTS]

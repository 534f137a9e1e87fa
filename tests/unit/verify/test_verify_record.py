from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Never

import pytest

from irekae.model.findings import Finding as Difference
from verify.evidence import LONGEST, blanked, clipped, start, without_secrets
from verify.failure import Failure
from verify.finding import Finding, Silent, Unreachable
from verify.record import Record, titles, write_checks


def record() -> Record:
    return Record("9.4", "ika", "The page shows", "ページが表示される")


def raised(work: Callable[..., Any]) -> pytest.ExceptionInfo[BaseException]:
    with pytest.raises(BaseException) as excinfo:  # noqa: PT011  # whatever it is, it is handed on
        work()
    return excinfo


def test_what_is_alike_passes_with_what_was_looked_at_and_fails_with_each_difference() -> None:
    check = record()
    check.saw(start().heard("ls", "a b"))
    check.alike("everything as it was", "a b")
    assert check.judged(None)[0] == "passed"
    check.alike(
        "everything as it was", "a b", Difference(subject="file", key="a", was="there", found="gone", remedy="x")
    )
    assert check.judged(None)[0] == "failed"


def test_a_check_that_expects_nothing_is_an_error_not_a_pass() -> None:
    check = record()
    check.saw(start().heard("GET /", "status 200"))
    assert check.judged(None)[0] == "error"


def test_a_check_without_evidence_is_an_error_not_a_pass() -> None:
    check = record()
    check.expect(True, "status 200", 200)
    assert check.judged(None)[0] == "error"


def test_a_check_that_expects_and_keeps_evidence_passes() -> None:
    check = record()
    check.saw(start().heard("GET /", "status 200"))
    check.expect(True, "status 200", 200)
    check.expect(True, "ITPASS in it", "ITPASS")
    outcome, finding = check.judged(None)
    result = check.finished("x", outcome, finding, [])
    assert (result.outcome, result.expected, result.found) == ("passed", "status 200; ITPASS in it", "200; ITPASS")


def test_a_finding_fails_with_what_a_person_needs() -> None:
    check = record()
    excinfo = raised(lambda: check.expect(False, "status 200", 404, cause="its area", remedy="9.4: httpd.conf"))
    outcome, finding = check.judged(excinfo)
    result = check.finished("x", outcome, finding, [])
    assert outcome == "failed"
    assert (result.expected, result.found, result.cause, result.remedy) == (
        "status 200",
        "404",
        "its area",
        "9.4: httpd.conf",
    )


def test_a_check_that_cannot_be_made_is_not_checked() -> None:
    check = record()
    outcome, finding = check.judged(raised(lambda: check.not_made("no outside host")))
    assert finding
    assert (outcome, finding.found) == ("not checked", "no outside host")


def test_a_host_that_cannot_be_reached_is_one_finding() -> None:
    told: dict[str, str] = {}
    first, second = record(), Record("9.1", "ika", "The service runs", "")
    for check, wanted in ((first, "failed"), (second, "not checked")):
        outcome, finding = check.judged(raised(unreachable), told)
        assert finding
        assert outcome == wanted
        assert "No route to host" in finding.found
    assert finding
    assert "(told by 9.4 The page shows)" in finding.found
    assert record().judged(raised(lambda: silent("tako")), told)[0] == "failed", "another cause is another finding"


def unreachable() -> Never:
    raise Unreachable("ika", "No route to host")


def silent(host: str) -> Never:
    raise Silent(host, "reading logs", 60)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Host key verification failed.", "host key"),
        ("hayashi@198.51.100.21: Permission denied (publickey).", "does not let you in"),
        ("connect to host 198.51.100.21 port 22: Connection refused", "sshd doesn't run"),
        ("connect to host 198.51.100.21 port 22: Connection timed out", "packet rule"),
    ],
)
def test_why_a_host_cannot_be_reached_is_ssh_s_own_word(said: str, cause: str) -> None:
    found = Unreachable("ika", said)
    assert cause in found.cause
    assert found.remedy


def test_a_check_that_breaks_is_an_error_and_says_nothing_about_the_host() -> None:
    outcome, finding = record().judged(raised(lambda: 1 // 0))
    assert finding
    assert outcome == "error"
    assert "a defect of the check itself" in finding.cause
    assert "no finding about ika" in finding.cause


def test_secrets_are_blanked_everywhere() -> None:
    check = record()
    check.saw(start().heard("PASS s3cret", "welcome s3cret, s3cret-long"))
    excinfo = raised(lambda: check.expect(False, "x", "s3cret in it", cause="s3cret", remedy="s3cret"))
    outcome, finding = check.judged(excinfo)
    text = repr(check.finished("x", outcome, finding, ["s3cret", "s3cret-long"]))
    assert "s3cret" not in text
    assert blanked("ab abc", ["ab", "abc", ""]) == "[blanked] [blanked]"


def test_evidence_is_legible_and_of_bounded_length() -> None:
    heard = start().heard("cat x", b"\xff\x1b[31m" + b"y" * 3 * LONGEST)
    assert heard.answered.startswith("\\xff\\x1b[31m")
    assert len(heard.answered) < LONGEST + 100
    assert "characters left out" in heard.answered
    assert clipped("short") == "short"
    assert without_secrets(heard, []).took == heard.took


def test_titles_come_from_the_docstring_in_both_languages() -> None:
    assert titles("The page shows.\n\n    ページが\n    表示される\n    ", "http://x/") == (
        "The page shows: http://x/",
        "ページが表示される: http://x/",
    )
    assert titles("Only English.", "") == ("Only English", "")
    assert titles(None, "") == ("", "")


def test_results_are_written_in_one_step(tmp_path: Path) -> None:
    check = record()
    outcome, finding = check.judged(raised(lambda: check.expect(False, "a", "b")))
    path = tmp_path / "report" / "checks.json"
    write_checks(path, [check.finished("verify/test_web.py::x", outcome, finding, [])])
    assert [one["item"] for one in json.loads(path.read_text())] == ["9.4"]
    assert [one.name for one in path.parent.iterdir()] == ["checks.json"]


def test_a_failure_is_shown_without_a_traceback() -> None:
    check = record()
    excinfo = raised(lambda: check.expect(False, "status 200", 404, remedy="9.4: httpd.conf"))
    outcome, finding = check.judged(excinfo)
    shown = Failure(check.finished("x", outcome, finding, []), "verify/test_web.py", 3)
    assert str(shown).splitlines() == [
        "9.4 on ika: The page shows",
        "expected: status 200",
        "found: 404",
        "remedy: 9.4: httpd.conf",
    ]
    assert shown.reprcrash.message == "9.4 on ika: expected status 200; found 404"


def test_a_failure_is_shown_in_the_readers_language_and_kept_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IREKAE_LANG", "ja")
    check = record()
    excinfo = raised(lambda: check.expect(False, "status 200", 404, remedy="see `fab status`"))
    outcome, finding = check.judged(excinfo)
    kept = check.finished("x", outcome, finding, [])
    assert kept.remedy == "see `fab status`"
    shown = str(Failure(kept, "verify/test_web.py", 3)).splitlines()
    assert shown[0].startswith("ika の 9.4: ")
    assert shown[1:] == ["期待: ステータス 200", "実際: 404", "対処: `fab status` を見る"]


def test_a_finding_lists_only_what_it_knows() -> None:
    assert Finding("a", "b").lines() == ["expected: a", "found:    b"]


DIFFERENT = Difference(role="production", subject="file", key="/etc/fstab", was="as it booted", found="edited since")


def test_what_a_person_may_explain_fails_the_check_by_name() -> None:
    check = record()
    check.saw(start().heard("stat", "…"))
    check.expect(True, "what booted is there", "all else")
    check.differs(DIFFERENT)
    outcome, finding = check.judged(None)
    result = check.finished("x", outcome, finding, [])
    assert (result.outcome, result.expected) == ("failed", "as it booted")
    assert result.found == "file /etc/fstab: edited since"
    assert result.findings == (DIFFERENT,)
    assert not result.excused([])


def test_a_check_that_fails_for_more_cannot_be_explained_away() -> None:
    check = record()
    check.saw(start().heard("stat", "…"))
    check.differs(DIFFERENT)
    outcome, finding = check.judged(raised(lambda: check.expect(False, "it runs", "it does not")))
    assert (outcome, check.finished("x", outcome, finding, []).findings) == ("failed", ())


def test_secrets_are_taken_out_of_findings_too() -> None:
    check = record()
    check.saw(start().heard("stat", "…"))
    check.differs(Difference(subject="line", was="none", found="it is hunter2"))
    result = check.finished("x", *check.judged(None), ["hunter2"])
    assert "hunter2" not in repr(result)

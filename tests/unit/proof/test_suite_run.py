"""The acceptance suite as a process of its own."""

import sys
from pathlib import Path

import pytest

from irekae.model import printing
from irekae.model.errors import SwapError
from irekae.proof import suite_run
from verify.progress import Progress


def test_a_suite_that_does_not_end_is_ended_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite_run, "SUITE", 0.05)
    with pytest.raises(SwapError, match="has not ended within") as raised:
        suite_run.run_suite(["ika"], [], tmp_path / "results.json")
    assert "pytest verify/ -v --hosts=ika" in raised.value.hint


def test_how_many_checks_are_made_is_shown_and_is_no_word_of_the_suite(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "PACE", 0.0)
    said = ".checked: 1 of 4\n.checked: 4 of 4\n\nwaiting: for mori\n"
    status, kept = suite_run._heard([sys.executable, "-c", f"print({said!r}, end='')"], ["ika", "tako"])
    assert (status, kept) == (0, b"..\nwaiting: for mori\n")
    assert capsys.readouterr().out.splitlines() == [
        "  checks of ika, tako: 25%, 1 of 4 checks",
        "  checks of ika, tako: 100%, 4 of 4 checks",
        "  waiting: for mori",
    ]


def test_the_suite_counts_what_it_has_made(tmp_path: Path) -> None:
    told: list[str] = []
    progress = Progress(told.append)
    (tmp_path / "test_some.py").write_text("def test_one(): pass\ndef test_two(): assert False\n")
    pytest.main(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tmp_path)], plugins=[progress])
    assert told == ["checked: 1 of 2", "checked: 2 of 2"]
    assert all(suite_run.CHECKED.search(f".{line}\n".encode()) for line in told)

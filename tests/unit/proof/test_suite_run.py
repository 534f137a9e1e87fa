"""The acceptance suite as a process of its own."""

from pathlib import Path

import pytest

from irekae.model.errors import SwapError
from irekae.proof import suite_run


def test_a_suite_that_does_not_end_is_ended_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite_run, "SUITE", 0.05)
    with pytest.raises(SwapError, match="has not ended within") as raised:
        suite_run.run_suite(["ika"], [], tmp_path / "results.json")
    assert "pytest verify/ -v --hosts=ika" in raised.value.hint

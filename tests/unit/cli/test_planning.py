"""What the commands show, keep or ask before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.cli import by_hand, commands, work
from irekae.model.items import On
from irekae.report import announcing
from irekae.swap.swap import Swap
from tests.unit.cli.test_commands import C, calls  # noqa: F401 (the procedure that is planned)
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, declare


@pytest.mark.parametrize(("to", "item"), [("phase1", ""), ("", "1.1")])
def test_a_rollback_that_is_planned_changes_nothing(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str], to: str, item: str
) -> None:
    work.resume(C, through=1)
    entries = {name: list(journal) for name, journal in swap.entries.items()}
    by_hand.rollback(C, to=to, item=item, plan=True)
    assert ika.path("/etc/hosts").read_bytes() == b"new\n"
    assert swap.entries == entries
    assert "2 changes would be taken back; nothing was changed" in capsys.readouterr().out


def test_a_plan_is_shown_stored_and_written_as_a_page(
    swap: Swap, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.plan(C)
    assert "  ika /etc/hosts  1.1 Item 1.1\n" in capsys.readouterr().out
    commands.plan(C, out=str(tmp_path / "plan.json"), html=str(tmp_path / "plan.html"), lang="ja")
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == f"plan: {tmp_path}/plan.html"
    assert "サーバ交換 作業計画" in (tmp_path / "plan.html").read_text()
    assert (tmp_path / "plan.json").exists()


def test_what_is_sent_is_looked_at_and_asked_for_before_anything_is_done(
    swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap.send = True
    mail = declare("11.1", On.SEAT, lambda swap: None)
    asked: list[str] = []
    monkeypatch.setattr(announcing, "want_leave", lambda swap: asked.append("asked"))
    work._want_leave(swap, [mail], again=True)
    swap.host(mail, P).record.event("done")
    work._want_leave(swap, [mail], again=False)
    swap.send = False
    work._want_leave(swap, [mail], again=True)
    assert asked == ["asked"], "a phase does not send again, and without --send nothing is"

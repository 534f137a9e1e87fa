"""`fab explain`: a person's word on a finding, kept on both hosts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from irekae.cli import explaining, session
from irekae.model.errors import Status, SwapError
from irekae.model.findings import Explanation
from irekae.model.results import Acceptance, Comparison
from irekae.report import gather
from irekae.swap.evidence import Kind, all_of
from irekae.swap.swap import Swap
from tests.unit.report.sample import sample

C = SimpleNamespace()
LOST = Comparison("mails", "412", "411", "new difference")
MORE = Comparison("homes", "9", "8", "new difference")


def given(swap: Swap) -> list[Explanation]:
    for name in swap.links:
        swap.refresh(name)
    return [kept.value for kept in all_of(swap, Kind.EXPLANATION, Explanation)]


@pytest.fixture(autouse=True)
def _found(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    def results(swap: Swap, *_: Any) -> Acceptance:
        return replace(sample(broken=False), baseline=(LOST, MORE), explanations=tuple(given(swap)))

    monkeypatch.setattr(session, "connected", lambda *_, **__: swap)
    monkeypatch.setattr(gather, "acceptance", results)


def test_each_named_finding_is_explained_on_both_hosts(swap: Swap) -> None:
    explaining.explain(C, f"{LOST.finding.id}, {MORE.finding.id}", "kato read his mail")
    said = given(swap)
    assert {one.id for one in said} == {LOST.finding.id, MORE.finding.id}
    assert {one.why for one in said} == {"kato read his mail"}
    swap.links.pop("ika")
    assert given(swap) == said


def test_a_second_explanation_says_who_gave_the_first(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    for why in ("one", "two"):
        explaining.explain(C, LOST.finding.id, why)
    assert [one.why for one in given(swap)] == ["one"]
    assert "explained already by" in capsys.readouterr().out


@pytest.mark.parametrize("ids", ["", "zzzzzzzz", f"{LOST.finding.id},zzzzzzzz"])
def test_what_is_no_finding_is_wrong_use_and_shows_those_that_are_open(swap: Swap, ids: str) -> None:
    explaining.explain(C, MORE.finding.id, "moved")
    with pytest.raises(SwapError) as raised:
        explaining.explain(C, ids, "x")
    assert raised.value.status is Status.WRONG_USE
    assert raised.value.detail == f"{LOST.finding.id} mails: 412 → 411"
    assert [one.id for one in given(swap)] == [MORE.finding.id]


def test_a_reason_is_needed() -> None:
    with pytest.raises(SwapError, match="a reason is needed"):
        explaining.explain(C, LOST.finding.id, " ")


def test_a_reason_holds_no_password_and_no_terminal_control(swap: Swap) -> None:
    explaining.explain(C, LOST.finding.id, "password=hunter2 \x1b[2J")
    (said,) = given(swap)
    assert "hunter2" not in said.why
    assert "\x1b" not in said.why

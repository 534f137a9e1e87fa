"""`fab report`: what is said, what is signed, and with which exit status."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from irekae.cli import reporting, session
from irekae.model.codec import from_json, sealed
from irekae.model.errors import Status, SwapError
from irekae.model.results import Acceptance, Comparison, Signature
from irekae.proof.outage import prober
from irekae.report import gather
from irekae.report.acknowledged import names_of
from irekae.report.verdict import verdict
from irekae.swap.evidence import Kind, all_of
from irekae.swap.swap import Swap
from tests.unit.report.sample import sample

C = SimpleNamespace()
GOOD = sealed(sample(broken=False), "c0ffee")


@pytest.fixture
def found(swap: Swap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Acceptance]:
    """What the hosts hold now; the command stands in a folder of the test's, at a seat without keys."""
    now = {"results": GOOD}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setattr(session, "connected", lambda *_, **__: swap)
    monkeypatch.setattr(prober, "collect_if_any", lambda _: [])
    monkeypatch.setattr(gather, "acceptance", lambda _: now["results"])
    return now


def refused(**options: Any) -> SwapError:
    with pytest.raises(SwapError) as raised:
        reporting.report(C, **options)
    return raised.value


def test_the_digest_is_shown_and_the_report_that_was_read_is_signed(
    swap: Swap, found: dict[str, Acceptance], capsys: pytest.CaptureFixture[str]
) -> None:
    reporting.report(C)
    assert f"digest: {GOOD.signature.digest}\n" in capsys.readouterr().out
    later = sealed(replace(GOOD, generated_at="2026-12-31T00:00:00+09:00", signature=Signature()), "c0ffee")
    found["results"] = later
    reporting.report(C, sign="Taro Kobe", digest=GOOD.signature.digest[:12])
    kept = from_json(Path("report/acceptance.json").read_bytes())
    assert (kept.generated_at, kept.signature.signed_by) == (GOOD.generated_at, "Taro Kobe")
    assert Path(f"report/signed-{GOOD.signature.digest[:12]}.json").exists()
    assert [one.value for one in all_of(swap, Kind.SIGNATURE, Signature)] == [kept.signature]


def test_a_report_that_is_not_accepted_is_acknowledged_and_the_exit_status_stays(
    swap: Swap, found: dict[str, Acceptance], capsys: pytest.CaptureFixture[str]
) -> None:
    found["results"] = sealed(sample(), "c0ffee")
    assert refused().status is Status.FAILED
    digest = found["results"].signature.digest
    assert refused(sign="Taro Kobe", digest=digest).status is Status.REFUSED
    assert all_of(swap, Kind.SIGNATURE, Signature) == []
    named = ", ".join(names_of(verdict(found["results"])))
    told = refused(sign="Taro Kobe", digest=digest, despite=named)
    assert told.status is Status.FAILED
    assert "acknowledged by Taro Kobe, by name alone" in capsys.readouterr().out
    assert "Accepted by" not in Path("report/acceptance.html").read_text()


def test_a_signature_without_the_digest_or_without_a_name_signs_nothing(found: dict[str, Acceptance]) -> None:
    reporting.report(C)
    before = Path("report/acceptance.json").read_bytes()
    assert refused(sign="Taro Kobe").status is Status.REFUSED
    assert refused(digest=GOOD.signature.digest).status is Status.WRONG_USE
    assert Path("report/acceptance.json").read_bytes() == before


def test_without_a_report_there_is_nothing_to_sign(found: dict[str, Acceptance]) -> None:
    assert refused(sign="Taro Kobe", digest="1" * 12).status is Status.WRONG_USE


def test_the_next_step_is_named(found: dict[str, Acceptance]) -> None:
    lost = Comparison("mails", "412", "411", "new difference")
    found["results"] = replace(GOOD, baseline=(lost,))
    assert f"`fab explain {lost.finding.id} --why" in refused().hint
    found["results"] = replace(GOOD, checks=tuple(replace(check, stale="made long ago") for check in GOOD.checks))
    assert refused().hint.startswith("`fab phase9`")
    assert refused().status is Status.INCOMPLETE


def test_a_check_needs_no_host(found: dict[str, Acceptance], monkeypatch: pytest.MonkeyPatch) -> None:
    reporting.report(C)
    monkeypatch.setattr(session, "connected", lambda *_, **__: pytest.fail("a host is asked"))
    assert refused(check="report/acceptance.json").status is Status.INCOMPLETE


def test_the_report_names_where_what_was_printed_lies_and_its_digest_stays(
    swap: Swap, found: dict[str, Acceptance], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = swap.inventory.state / "logs"
    folder.mkdir(parents=True)
    for time in ("20261126-130214-phase0-1", "20261126-130301-phase1-2", "20261126-180000-phase9-3"):
        (folder / f"{time}.log").write_text("x")
    reporting.report(C)
    told = f"{folder}: 3 (20261126-130214-phase0-1.log … 20261126-180000-phase9-3.log)"
    assert told in Path("report/acceptance.html").read_text()
    assert "Printed at this seat" in Path("report/acceptance.md").read_text()
    assert "logs" not in Path("report/acceptance.json").read_text()
    assert f"digest: {GOOD.signature.digest}\n" in capsys.readouterr().out


def test_one_cause_is_one_line_with_what_follows_from_it(
    found: dict[str, Acceptance], capsys: pytest.CaptureFixture[str]
) -> None:
    root = next(check for check in GOOD.checks if check.title == "apache2 runs")
    checks = [
        replace(check, outcome="failed", follows=root.id) if check.item in ("9.4", "9.5") else check
        for check in GOOD.checks
    ]
    failed = tuple(replace(check, outcome="failed") if check.id == root.id else check for check in checks)
    found["results"] = sealed(replace(GOOD, checks=failed, signature=Signature()), "c0ffee")
    assert refused().status is Status.FAILED
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("  ")] == [
        "  9.1 ika: apache2 runs apache2: process and tcp/80, tcp/443",
        "    3 more follow from it: 9.4 ika (2), 9.5 ika",
    ]


def test_a_cause_that_is_gone_makes_what_followed_from_it_a_reason_that_must_be_read_again(
    found: dict[str, Acceptance],
) -> None:
    root = next(check for check in GOOD.checks if check.title == "apache2 runs")
    page = next(check for check in GOOD.checks if check.item == "9.4")
    bad = {root.id: replace(root, outcome="failed"), page.id: replace(page, outcome="failed", follows=root.id)}
    checks = tuple(bad.get(check.id, check) for check in GOOD.checks)
    found["results"] = sealed(replace(GOOD, checks=checks, signature=Signature()), "c0ffee")
    refused()
    digest = found["results"].signature.digest
    passed = tuple(root if check.id == root.id else check for check in checks)
    found["results"] = sealed(replace(GOOD, checks=passed, signature=Signature()), "c0ffee")
    assert "no longer: check failed 9.1 ika apache2 runs" in refused(sign="Taro Kobe", digest=digest).detail

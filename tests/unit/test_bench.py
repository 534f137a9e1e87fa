"""What `make bench` makes of its figures; the measuring itself needs a lab."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from bench import page
from bench.facts import differences
from bench.growth import SIZES, Grown, judged, site_with, table
from bench.run import Run
from irekae.site.inventory import load_inventory
from irekae.site.site import load_site
from irekae.site.tables import Site

PROJECT = Path(__file__).resolve().parents[2]
NAMES = {"script": "plain script", "one": "irekae", "other": "another"}


def run(method: str, seconds: float, wrong: str = "") -> Run:
    took = {phase: seconds * (2 if phase == 6 else 1) for phase in range(1, 9)}
    return Run(method, took, away=seconds, load=0.5, wrong=[wrong] if wrong else [], facts=131)


def test_ratios_are_of_the_medians_to_the_script() -> None:
    runs = [run("script", 1.0), run("one", 9.0), run("one", 1.5), run("one", 1.0), run("other", 1.0, "differs")]
    script, one, other = page.table(runs, NAMES, statistics.median).splitlines()[2:]
    assert "| **9.0** | 1.00 | 1.00 | 1.0 | 0.5 to 0.5 | 131 | 1 |" in script
    assert "| **13.5** | 1.50 | 1.50 | 1.5 | 0.5 to 0.5 | 131 | 3 |" in one
    assert other == "| another |" + " – |" * 14 + " 0 |", "what ended otherwise is no figure"


@pytest.mark.parametrize("write", [page.write_growth, page.write_idle, page.write_far])
def test_figures_stand_between_their_marks_and_nothing_else_is_touched(
    write: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "speed.md"
    own.write_text((PROJECT / "docs/speed.md").read_text())
    monkeypatch.setattr(page, "PAGE", own)
    assert callable(write)
    write("| once |")
    first = own.read_text()
    write("| twice |")
    assert own.read_text() == first.replace("| once |", "| twice |")
    assert own.read_text().endswith((PROJECT / "docs/speed.md").read_text().splitlines(keepends=True)[-1])


def test_twice_as_much_may_take_twice_as_long_and_no_longer() -> None:
    bare, half = Grown("users", 0, {"phase 3": 2.0}), Grown("users", 10, {"phase 3": 6.0})
    assert judged(bare, half, Grown("users", 20, {"phase 3": 10.0})) == []
    assert judged(bare, half, Grown("users", 20, {"phase 3": 18.0})) == ["phase 3 4.0 times"]
    assert judged(bare, Grown("users", 10, {"phase 3": 2.1}), Grown("users", 20, {"phase 3": 3.9})) == []
    assert "| users | 20 | – |" in table([(Grown("users", 20, {"phase 3": 10.0}), [])])


@pytest.mark.parametrize("kind", SIZES)
def test_the_site_of_a_kind_is_read_and_names_what_is_made(kind: str, tmp_path: Path) -> None:
    def of(count: int) -> Site:
        return load_site(load_inventory(PROJECT / "hosts.ini"), site_with(kind, count, tmp_path))

    more = 3 if kind in ("domains", "zones") else 0
    assert len(of(3).domains) + len(of(3).zones) == len(of(0).domains) + len(of(0).zones) + more


def test_ends_are_compared_fact_by_fact() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "2"}) == []
    assert differences({"a": "1"}, {"b": "2"}) == ["a: 1, in the reference nothing", "b: nothing, in the reference 2"]

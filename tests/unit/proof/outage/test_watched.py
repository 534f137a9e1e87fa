"""What was not watched is told as such, and the outage does not begin unwatched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.remote import HostError, Link
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.model.results import Span
from irekae.procedure import runner
from irekae.proof.outage import at_boot, far_boot, watcher
from irekae.proof.outage.outages import Offset, Watched, gaps, watched_spans
from irekae.swap.swap import Swap
from tests.unit.small_procedure import P, begun, declare


def at(second: int) -> str:
    return f"2026-01-01T10:{second // 60:02d}:{second % 60:02d}+09:00"


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


# --- gaps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watched", "unwatched"),
    [
        ([(0, 100)], []),
        ([], [(10, 90)]),
        ([(0, 50)], [(50, 90)]),
        ([(50, 100)], [(10, 50)]),
        ([(0, 20), (30, 95)], [(20, 30)]),
        ([(30, 95), (0, 20)], [(20, 30)]),
        ([(0, 60), (20, 30), (70, 80)], [(60, 70), (80, 90)]),
        ([(0, 5)], [(10, 90)]),
        ([(95, 99)], [(10, 90)]),
    ],
)
def test_what_nobody_watched(watched: list[tuple[int, int]], unwatched: list[tuple[int, int]]) -> None:
    assert gaps([span(*one) for one in watched], span(10, 90)) == [span(*one) for one in unwatched]


PARTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: tuple(sorted(pair))), max_size=6)


@given(PARTS)
def test_each_second_was_watched_or_stands_in_a_gap(parts: list[tuple[int, int]]) -> None:
    found = gaps([span(*part) for part in parts], span(10, 190))
    for second in range(10, 190):
        watched = any(start <= second < end for start, end in parts)
        missed = any(one.start <= at(second) < (one.end or "") for one in found)
        assert watched is not missed


def test_a_prober_that_lives_watches_until_now() -> None:
    offset = Offset("boot", 1_767_225_600.0, 0.0, 0.0)
    seen = [Watched("r", "boot", 0.0, 0.0, 100.0), Watched("r", "boot", 110.0, 0.0, 120.0)]
    later = offset.moment(seen[0], 500.0)
    assert [one.end for one in watched_spans(seen, offset, later)] == [offset.moment(seen[0], 100.0), later]
    assert watched_spans(seen, offset, "")[-1].end == offset.moment(seen[1], 120.0)
    assert watched_spans([], offset, later) == []


# --- before the outage begins -----------------------------------------------------------------------------------------


@pytest.fixture
def outage(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Begin phase 1 with a computer outside on which a prober lives, or none, or that cannot be reached."""
    begun(swap)
    acted: list[str] = []
    declare("0.3", On.SEAT, lambda swap: None)
    declare("1.1", P, lambda host, swap: acted.append("1.1"), asks="outage")
    declare("1.2", P, lambda host, swap: acted.append("1.2"))
    swap.yes = True

    def begin(how: str) -> list[str]:
        @contextmanager
        def outside(swap: Swap) -> Iterator[Any]:
            if how == "unreachable":
                raise SwapError("outside cannot be reached")
            yield type("Link", (), {"entry": swap.inventory.group("outside")[0]})()

        monkeypatch.setattr(watcher, "outside", outside)
        monkeypatch.setattr(watcher, "running", lambda *_: {"/x": {"pid": 1}} if how == "alive" else {})
        runner.run_phase(swap, 1)
        return acted

    swap.host(ITEMS["0.3"], P).record.event("done")
    return begin


def test_the_outage_begins_under_a_living_prober(outage: Callable[[str], list[str]]) -> None:
    assert outage("alive") == ["1.1", "1.2"]


@pytest.mark.parametrize("how", ["dead", "unreachable"])
def test_it_does_not_begin_unwatched_unless_told_so(swap: Swap, outage: Callable[[str], list[str]], how: str) -> None:
    with pytest.raises(SwapError, match="nobody would measure the outage") as refused:
        outage(how)
    assert refused.value.status is Status.REFUSED
    swap.unwatched = True
    assert outage(how) == ["1.1", "1.2"]


@pytest.mark.parametrize("event", ["waived", "by hand"])
def test_whoever_has_settled_the_baseline_otherwise_has_said_so(
    swap: Swap, outage: Callable[[str], list[str]], event: str
) -> None:
    swap.host(ITEMS["0.3"], P).record.event(event, why="no computer outside this year")
    assert outage("dead") == ["1.1", "1.2"]


def test_an_outage_that_has_begun_goes_on_whoever_watches(swap: Swap, outage: Callable[[str], list[str]]) -> None:
    swap.host(ITEMS["1.1"], P).record.event("failed")
    assert outage("dead") == ["1.1", "1.2"]


# --- a boot of the computer outside -----------------------------------------------------------------------------------


class Crontab:
    """A computer with the operator's crontab; None: he may have none."""

    def __init__(self, table: str | None) -> None:
        self.table = table

    def ask(self, op: str, argv: list[str], stdin: str = "", **_: Any) -> dict[str, Any]:
        from irekae.host.remote import decode, encode

        assert op == "run"
        if self.table is None:
            raise HostError("outside", "ENOENT", "no crontab", "run")
        if argv == ["crontab", "-"]:
            self.table = decode(stdin).decode()
            return {"status": 0, "out": "", "err": ""}
        if not self.table:
            return {"status": 1, "out": "", "err": encode(b"no crontab for hayashi\n")}
        return {"status": 0, "out": encode(self.table.encode()), "err": ""}


FOLDER = "/var/tmp/irekae-hayashi/prober"


@pytest.mark.parametrize("table", ["", "0 3 * * * backup\n", "0 3 * * * backup"])
def test_the_crontab_gets_one_line_and_loses_it_again(table: str) -> None:
    far = Crontab(table)
    for _ in range(2):
        assert at_boot.keep(cast(Link, far), FOLDER)
    assert far.table is not None
    assert far.table.count(at_boot.line_of(FOLDER)) == 1
    assert far.table.startswith(table)
    at_boot.forget(cast(Link, far), FOLDER)
    assert far.table.rstrip("\n") == table.rstrip("\n")


def test_where_there_is_no_crontab_it_is_said_so() -> None:
    assert not at_boot.keep(cast(Link, Crontab(None)), FOLDER)
    at_boot.forget(cast(Link, Crontab(None)), FOLDER)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The prober's folder, and a crontab(1) that keeps its table in a file."""
    tool = tmp_path / "bin/crontab"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\n[ "$1" = -l ] && exec cat {tmp_path}/table\nexec cat > {tmp_path}/table\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    path = tmp_path / "prober"
    path.mkdir()
    (tmp_path / "table").write_text(f"0 3 * * * backup\n{at_boot.line_of(str(path))}")
    (path / "targets.json").write_text(json.dumps({"run": "r", "seconds": 900.0, "ends": 1000.0, "targets": []}))
    (path / "far_prober.py").write_text("import sys; print('prober', sys.argv[1])")
    (path / "log.jsonl").write_text('{"event": "begin", "t": 1.0}\n{"event": "alive", "t": 11.0}\n')
    return path


def test_after_a_boot_it_goes_on_for_the_rest_of_its_hours(folder: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(Path(far_boot.__file__).parent)!r}); import far_boot, pathlib\n"
    program += f"far_boot.go_on(pathlib.Path({str(folder)!r}), 400.0)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"prober {folder}\n"
    assert json.loads((folder / "targets.json").read_text())["seconds"] == 600.0
    boot, stat = (folder / "process").read_text().split("\n", 1)
    assert boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert stat.split()[0].isdigit()


@pytest.mark.parametrize("why", ["ended", "late", "no config"])
def test_a_prober_that_was_over_is_not_started_again_and_leaves_the_crontab(
    folder: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(far_boot.time, "time", lambda: 2000.0 if why == "late" else 400.0)  # type: ignore[attr-defined]
    if why == "ended":
        (folder / "log.jsonl").write_text(
            '{"event": "alive", "t": 11.0}\n{"event": "end", "t": 12.0, "why": "asked"}\n'
        )
    if why == "no config":
        (folder / "targets.json").unlink()
    far_boot.main(folder)
    assert (folder.parent / "table").read_text() == "0 3 * * * backup\n"


def test_a_line_that_is_no_longer_wanted_is_the_same_at_both_ends() -> None:
    assert far_boot.MARK in at_boot.line_of(FOLDER)
    assert f"{FOLDER}/far_boot.py {FOLDER}" in at_boot.line_of(FOLDER)

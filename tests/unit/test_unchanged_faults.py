"""An interrupted run of faults goes on with those whose own code, or the project's, is not what it was."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FunctionType

import pytest

from tests.faults import inject, injected, unchanged
from tests.faults.bench import Bench
from tests.faults.catalogue import FAULTS

DECLARED = "\n@fault('x', 'y', 'z', 'p')\ndef x(bench): pass\n"
FILES = {
    "irekae/x.py": "",
    "lab/y.py": "",
    "docs/reliability.json": "",
    "tests/lab/test_x.py": "",
    "tests/faults/bench.py": "",
    "tests/faults/results.py": "",
    "tests/faults/casts/today.toml": "",
    "tests/faults/chains.py": f"from tests.faults.bench import x\n{DECLARED}",
    "tests/faults/late.py": DECLARED,
    "tests/faults/power.py": f"def y():\n    from tests.faults import chains\n{DECLARED}",
    "tests/faults/single.py": "from tests.faults.chains import BACK\n",
}


def act(bench: Bench) -> None:
    """Breaks nothing."""


def of(module: str) -> Callable[[Bench], None]:
    made = FunctionType(act.__code__, act.__globals__)
    made.__module__ = f"tests.faults.{module}"
    return made


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with faults, all of it committed."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for module in (inject, unchanged):
        monkeypatch.setattr(module, "PROJECT", tmp_path)
    forget()
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    yield tmp_path
    forget()


def forget() -> None:
    """As a run does that begins."""
    for known in (unchanged._is_same, unchanged.others, unchanged.imported):
        known.cache_clear()


def git(project: Path, *words: str) -> str:
    who = ["-c", "user.name=Taro", "-c", "user.email=taro@example.org"]
    return subprocess.run(["git", "-C", project, *who, *words], capture_output=True, text=True, check=True).stdout


def commit(project: Path) -> str:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")
    return git(project, "rev-parse", "--short", "HEAD").strip()


@pytest.mark.parametrize(
    ("path", "again"),
    [
        ("irekae/x.py", {"chains", "late", "power", "single"}),
        ("lab/y.py", {"chains", "late", "power", "single"}),
        ("tests/faults/bench.py", {"chains", "late", "power", "single"}),
        ("tests/faults/casts/today.toml", {"chains", "late", "power", "single"}),
        ("tests/faults/new.py", {"chains", "late", "power", "single"}),
        ("tests/faults/chains.py", {"chains", "power", "single"}),
        ("tests/faults/late.py", {"late"}),
        ("tests/faults/results.py", set()),
        ("docs/reliability.json", set()),
        ("tests/lab/test_x.py", set()),
    ],
)
def test_a_change_has_those_faults_injected_again_that_stand_on_it(project: Path, path: str, again: set[str]) -> None:
    since = inject.commit()
    kinds = ("chains", "late", "power", "single")
    assert all(unchanged.is_unchanged(of(kind), since) for kind in kinds)
    (project / path).write_text(f"{FILES.get(path, '')}# another\n")
    commit(project)
    forget()
    assert {kind for kind in kinds if not unchanged.is_unchanged(of(kind), since)} == again
    assert {kind for kind in kinds if not unchanged.is_unchanged(partial(of(kind)), since)} == again


def test_what_is_not_committed_is_a_change_and_a_run_of_it_counts_for_nothing(project: Path) -> None:
    since = inject.commit()
    assert unchanged.is_unchanged(of("late"), since)
    (project / "irekae/x.py").write_text("another")
    forget()
    assert inject.commit() == f"{since}+"
    assert [unchanged.is_unchanged(of("late"), name) for name in (since, f"{since}+", "?", "", "0ld")] == [False] * 5


def test_of_each_fault_it_is_known_where_it_stands() -> None:
    assert injected.LOADED
    acts = [fault.act.func if isinstance(fault.act, partial) else fault.act for fault in FAULTS]
    assert {act.__module__.rpartition(".")[0] for act in acts} == {"tests.faults"}

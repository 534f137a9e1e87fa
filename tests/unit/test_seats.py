"""The seats that there are: a strict umask, a clone whose path has blanks, no python3-venv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import cli, container, layer
from lab.layer import Layer
from lab.layout import Lab
from lab.profile import load

PROJECT = Path(__file__).parents[2]
MASKS = pytest.mark.parametrize("umask", [0o022, 0o027, 0o077, 0o002], ids=oct)


@pytest.fixture(autouse=True)
def masked() -> Iterator[None]:
    """The test may set the umask."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


# --- umask ---


@MASKS
def test_the_root_folder_of_a_labs_host_can_be_entered_by_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    monkeypatch.setattr("lab.layout.STATE", tmp_path)
    monkeypatch.setattr(container, "run", lambda *argv: "")
    profile = load()
    host = Lab("x", profile).host(profile.machines[0])
    os.umask(umask)
    container.insert_disk(host)
    assert mode(host.upper) == 0o755


@MASKS
def test_what_the_lab_makes_has_the_modes_of_no_caller(monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    seen: list[int] = []

    def act(lab: Lab, options: object) -> None:
        seen.append(os.umask(0o022))

    monkeypatch.setattr(cli, "_parser", lambda: SimpleNamespace(parse_args=lambda: SimpleNamespace(act=act)))
    os.umask(umask)
    assert cli.main() == 0
    assert seen == [0o022]


def test_a_command_at_the_labs_seat_has_the_operators_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr("lab.world.require_made", lambda lab: None)
    monkeypatch.setattr(cli, "_require_root", lambda: None)
    monkeypatch.setattr("lab.seat.command_line", lambda lab, words: (words, {}))
    monkeypatch.setattr(os, "execvpe", lambda *_: seen.append(os.umask(0o022)))
    monkeypatch.setattr(sys, "argv", ["lab", "run", "true"])
    os.umask(0o077)
    assert cli.main() == 0
    assert seen == [0o077]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(layer, "CACHE", tmp_path)
    return tmp_path


def make(folder: Path) -> None:
    (folder / "upper/etc").mkdir(parents=True)
    (folder / "upper/etc/made").touch()


def test_a_layer_that_is_kept_is_taken(cache: Path) -> None:
    kept = Layer("base", "0", make).ensure()
    (kept / "etc/made").write_text("the first")
    assert Layer("base", "0", make).ensure() == kept
    assert (kept / "etc/made").read_text() == "the first"


@pytest.mark.parametrize("top", [".", "etc"])
def test_a_layer_that_a_strict_umask_has_spoilt_is_made_anew(cache: Path, top: str) -> None:
    kept = Layer("base", "0", make).ensure()
    (kept / "etc/made").write_text("the first")
    (kept / top).chmod(0o750)
    assert Layer("base", "0", make).ensure() == kept
    assert (kept / "etc/made").read_text() == ""
    assert mode(kept) == mode(kept / "etc") == 0o755


# --- setup.sh ---

_PYTHON = """#!/bin/sh
echo "python $*" >>"$LOG"
case "$*" in
*ensurepip*) [ "$HAS" = venv ] ;;
"-m pip --version") [ "$HAS" = pip ] ;;
"-m venv"*) mkdir -p .venv/bin; printf '#!/bin/sh\\necho "pip $*" >>"$LOG"\\n' >.venv/bin/pip; chmod +x .venv/bin/pip ;;
esac
"""


def prepared(tmp_path: Path, has: str, umask: int = 0o022) -> tuple[int, list[str], Path]:
    """`setup.sh seat` in a clone whose path has blanks, with a Python that has venv, pip or nothing."""
    clone = tmp_path / "a clone of irekae"
    clone.mkdir()
    for name in ("setup.sh", "requirements.lock", "pyproject.toml", "apt-packages.txt"):
        shutil.copy(PROJECT / name, clone)
    python, log = tmp_path / "my python", tmp_path / "log"
    python.write_text(_PYTHON)
    python.chmod(0o755)
    log.touch()
    environment = {"PATH": "/usr/bin:/bin", "LOG": str(log), "HAS": has, "PYTHON": str(python)}
    os.umask(umask)
    done = subprocess.run([clone / "setup.sh", "seat"], env=environment, cwd="/", capture_output=True, check=False)
    return done.returncode, log.read_text().splitlines(), clone


def test_a_seat_is_set_up_in_a_folder_with_blanks(tmp_path: Path) -> None:
    status, log, clone = prepared(tmp_path, "venv", umask=0o077)
    assert status == 0
    assert "python -m venv --clear .venv" in log
    assert any("--require-hashes -r requirements.lock" in line for line in log)
    assert mode(clone / ".venv/bin") == 0o755


def test_without_python3_venv_another_pip_does(tmp_path: Path) -> None:
    status, log, _ = prepared(tmp_path, "pip")
    assert status == 0
    assert "python -m venv --clear --without-pip .venv" in log
    assert any("--python .venv/bin/python install pip" in line for line in log)


def test_without_any_it_says_what_to_install(tmp_path: Path) -> None:
    status, log, _ = prepared(tmp_path, "nothing")
    assert status == 1
    assert not any("require-hashes" in line for line in log)


def test_no_folder_of_the_makefile_is_named_from_the_root() -> None:
    """What is called is called from the clone, so that its path may have blanks."""
    assert "$(PWD)" not in (text := (PROJECT / "Makefile").read_text())
    assert "$(CURDIR)" not in text

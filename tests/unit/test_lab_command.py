"""The command `lab` runs a clone only if nobody but root and the caller can have put anything into it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
COMMAND = PROJECT / "lab/command.sh"
NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="files of others are made by root alone")


@pytest.fixture
def clone() -> Iterator[Path]:
    """A folder that looks like a clone, below one that everybody may enter."""
    top = Path(tempfile.mkdtemp(dir="/tmp"))
    top.chmod(0o755)
    found = top / "above/clone"
    (found / ".venv/bin").mkdir(parents=True)
    (found / "lab").mkdir()
    (found / "lab/world.py").touch()
    program = found / ".venv/bin/lab"
    program.write_text('#!/bin/sh\necho "ran: $*"\n')
    program.chmod(0o755)
    yield found
    shutil.rmtree(top)


def lab(folder: Path, sudo_uid: int | None = None) -> tuple[int, str]:
    environment = {"PATH": os.environ["PATH"]}
    if sudo_uid is not None:
        environment |= {"SUDO_UID": str(sudo_uid), "SUDO_GID": str(sudo_uid)}
    argv = ["sh", str(COMMAND), "status", "x y"]
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def give(path: Path, uid: int = NOBODY) -> None:
    for place in (path, *path.rglob("*")):
        os.chown(place, uid, uid, follow_symlinks=False)


def test_a_clone_of_roots_own_is_run_from_any_folder_below(clone: Path) -> None:
    assert lab(clone / "lab") == (0, "ran: status x y\n")


def test_a_clone_of_whoever_called_sudo_is_run(clone: Path) -> None:
    give(clone)
    assert lab(clone, NOBODY) == (0, "ran: status x y\n")


@pytest.mark.parametrize("what", [".", ".venv/bin/lab", ".venv/bin", "lab/world.py"])
def test_what_belongs_to_another_user_is_not_run(clone: Path, what: str) -> None:
    give(clone / what)
    status, said = lab(clone)
    assert status == 3
    assert f"{clone} is not run" in said
    assert "belongs to nobody" in said


def test_a_clone_of_another_user_than_the_one_who_called_sudo_is_not_run(clone: Path) -> None:
    give(clone)
    assert lab(clone, 1000)[0] == 3


@pytest.mark.parametrize("mode", [0o757, 0o777])
@pytest.mark.parametrize("what", ["..", ".", ".venv", ".venv/bin/lab", "lab/world.py"])
def test_what_others_may_write_is_not_run(clone: Path, what: str, mode: int) -> None:
    (clone / what).chmod(mode)
    assert lab(clone)[0] == 3


def test_a_group_that_is_not_the_callers_may_not_write_either(clone: Path) -> None:
    os.chown(clone / ".venv", 0, NOBODY)
    (clone / ".venv").chmod(0o775)
    assert lab(clone)[0] == 3


def test_a_folder_of_another_user_above_is_as_bad(clone: Path) -> None:
    os.chown(clone.parent, NOBODY, NOBODY)
    assert lab(clone)[0] == 3


def test_reports_are_data_whoever_they_belong_to(clone: Path) -> None:
    (clone / "report").mkdir()
    give(clone / "report")
    assert lab(clone)[0] == 0


def test_a_folder_that_is_no_clone_is_wrong_use(clone: Path) -> None:
    assert lab(clone.parent)[0] == 2

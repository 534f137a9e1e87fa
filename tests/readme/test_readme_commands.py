"""Every command of the READMEs is run, in the order in which it stands there, in a lab."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.readme.blocks import Command, commands

PROJECT = Path(__file__).resolve().parents[2]
STORIES = {"rehearsal", "lab", "seat", "day", "console", "trouble", "suite"}
PATIENCE = 900.0  # seconds for one command
GENERATED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", ".irekae")

README = commands(PROJECT / "README.md")


def story(name: str) -> list[Command]:
    return [command for command in README if command.story == name]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project as in a fresh clone, so that no report or secret of this one is touched."""
    folder = tmp_path / "irekae"
    shutil.copytree(PROJECT, folder, ignore=GENERATED)
    shutil.rmtree(folder / "report", ignore_errors=True)
    return folder


QUESTION = re.compile(rb"Type (\w+)[^\n]*: $")


def typed(argv: list[str], folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run a command on a terminal, as an operator does, and type what it asks for: exit status and what was shown."""
    mine, theirs = pty.openpty()
    process = subprocess.Popen(argv, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, answered, end = b"", 0, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([mine], [], [], 1.0)[0]:
            continue
        try:
            shown += os.read(mine, 4096)
        except OSError:  # EIO: nobody holds the other end any more
            break
        if asked := QUESTION.search(shown, answered):
            answered = asked.end()
            os.write(mine, asked[1] + b"\n")
    else:
        process.kill()
    os.close(mine)
    return process.wait(), shown.decode("utf-8", "replace")


def walk_through(lab: Any, folder: Path, lines: list[Command]) -> str:
    """Type the lines at the seat, one after the other; all that was shown."""
    shown = ""
    for command in lines:
        # A person types the digest that the report shows.
        digests = re.findall(r"^digest: ([0-9a-f]{12})", shown, re.MULTILINE)
        line = re.sub(r"(?<=--digest )[0-9a-f]{12}", digests[-1] if digests else "", command.line)
        argv = lab.argv("run", "bash", "-c", line)
        status, said = typed(argv, folder, lab.environment())
        assert status == command.status, f"$ {command.line}\nexit status {status}\n{said[-6000:]}"
        shown += f"$ {line}\n{said}"
    return shown


# --- both READMEs -----------------------------------------------------------------------------------------------------


def test_both_readmes_show_the_same_commands() -> None:
    assert commands(PROJECT / "README.ja.md") == README


def test_every_block_belongs_to_a_story() -> None:
    assert {command.story for command in README} - {""} == STORIES


# --- the two commands -------------------------------------------------------------------------------------------------


def as_typed(lines: list[Command], lab_name: str) -> str:
    """Type the lines in a root shell that stands in the clone."""
    shown = ""
    env = {**os.environ, "LAB": lab_name}
    for command in lines:
        done = subprocess.run(
            ["bash", "-c", command.line], cwd=PROJECT, env=env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=3600, check=False,
        )  # fmt: skip
        assert done.returncode == command.status, f"$ {command.line}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
        shown += done.stdout
    return shown


def test_a_rehearsal_and_what_may_follow_it() -> None:
    # `make rehearsal` with KEEP=1 does all that it does without, but for the last step.
    assert [command.line for command in story("rehearsal")] == ["make rehearsal"]
    try:
        shown = as_typed(story("lab"), "readme")
    finally:
        subprocess.run(["lab", "down"], cwd=PROJECT, env={**os.environ, "LAB": "readme"}, check=False)
    assert "verdict: accepted" in shown
    assert (PROJECT / "report/acceptance.html").exists()


# --- the real swap ----------------------------------------------------------------------------------------------------


def test_a_seat_is_prepared(clone: Path) -> None:
    script = "set -e\n" + "".join(f"{command.line}\n" for command in story("seat"))
    done = subprocess.run(["bash", "-c", script], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "phase11" in done.stdout
    assert (clone / "secrets.toml").stat().st_mode & 0o777 == 0o600


def test_the_day_of_the_swap(lab: Any, clone: Path) -> None:
    for command in story("console"):
        lab.on("ika", command.line)
    shown = walk_through(lab, clone, story("day"))
    assert "the announcement is sent to" in shown
    assert "Taro Kobe" in (clone / "report/acceptance.html").read_text()


def test_trouble_and_the_suite_by_itself(lab: Any, clone: Path) -> None:
    begin = [Command("", "fab phase0", 0)]
    walk_through(lab, clone, [*story("suite"), *begin, *story("trouble")])

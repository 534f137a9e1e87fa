"""`make lint` looks for dead code: what it may not see is allowed by name, and nothing more than that."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from irekae.host import agent

PROJECT = Path(__file__).resolve().parents[2]
PYPROJECT = PROJECT / "pyproject.toml"
ALLOWED = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["vulture"]["ignore_names"]
SOURCES = [path for top in ("irekae", "verify", "docs", "tests") for path in sorted((PROJECT / top).rglob("*.py"))]


def told(folder: Path, text: str) -> str:
    (folder / "module.py").write_text(text)
    argv = [sys.executable, "-m", "vulture", "--config", str(PYPROJECT), str(folder / "module.py")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "dead",
    [
        "def nobody_calls() -> None: ...",
        "class Pins:\n    def by_key(self) -> None: ...\n\n\nprint(Pins())",
        "class Merge:\n    @property\n    def nothing_to_do(self) -> bool: ...\n\n\nprint(Merge())",
        "class General:\n    administrators: str\n\n\nprint(General())",
        "import os",
    ],
)
def test_what_nobody_uses_is_told(tmp_path: Path, dead: str) -> None:
    assert "unused" in told(tmp_path, dead + "\n")


def test_an_item_is_used_by_the_procedure(tmp_path: Path) -> None:
    assert told(tmp_path, 'from irekae.model.items import item\n\n\n@item("1.1")\ndef names() -> None: ...\n') == ""


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_there(name: str) -> None:
    """A name that is gone from the code goes from the list too."""
    words = {word for path in SOURCES for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert fnmatch.filter(words, name)


def test_every_operation_of_the_agent_is_asked_for() -> None:
    own = Path(agent.__file__).parent
    text = "".join(path.read_text() for top in ("irekae", "tasks") for path in (PROJECT / top).rglob("*.py"))
    operations = {name for path in own.glob("*.py") for name in re.findall(r"def (?:op|each)_(\w+)", path.read_text())}
    assert {"parts", "line"} <= operations
    ways = (
        r"\b(ask|ground\.change)\(\s*",
        r"\b_rows\(link, ",
        r"\byield \"[^\"]*\", ",
        r"\b(each|each_ahead|in_parts)\([^()]*, ",
    )
    by_itself = rf"({'|'.join(ways)})[\"'](NAME)[\"']"
    with_others = r"\([\"'](NAME)[\"'], \{"  # a Request of several
    asked = {
        name for name in operations for way in (by_itself, with_others) if re.search(way.replace("NAME", name), text)
    }
    assert operations - asked == set()

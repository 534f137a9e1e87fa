"""One place prints; whatever the terminal is, it prints."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.model import printing

PROJECT = Path(__file__).resolve().parents[3]
PRINTING = "irekae/model/printing/__init__.py"
# They run on a host: what they say is read by the seat, and shown by it.
FAR_ENDS = (
    "irekae/host/agent",
    "irekae/subjects/network/watchdog",
    "irekae/proof/outage/far_",
    "irekae/subjects/databases/far/",
)
TO_OURSELVES = {"verify/boot_record.py"}  # JSON, for the command that has started it
FUNCTIONS = {"print", "input"}
STREAMS = {"stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"}


def modules() -> Iterator[Path]:
    for top in ("irekae", "tasks", "verify"):
        yield from (PROJECT / top).rglob("*.py")
    yield PROJECT / "fabfile.py"


def _speaks(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in FUNCTIONS
    if isinstance(node, ast.ImportFrom):
        return node.module == "sys" and any(alias.name in STREAMS for alias in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in STREAMS
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    )


def test_one_place_prints_and_asks() -> None:
    speaking = {
        path.relative_to(PROJECT).as_posix()
        for path in modules()
        if any(_speaks(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert {path for path in speaking if not path.startswith(FAR_ENDS)} == {PRINTING, *TO_OURSELVES}


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONIOENCODING": "iso-8859-1"},
        {"PYTHONIOENCODING": "euc_jp"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "C.UTF-8"},
    ],
)
@pytest.mark.parametrize("verb", ["show", "complain"])
def test_no_locale_of_the_seat_makes_printing_fail(locale: dict[str, str], verb: str) -> None:
    program = f"from irekae.model.printing import {verb}; {verb}('caf\\u00e9 \\u65e5\\u672c\\u2026 \\udcc6 \\x1b[2J')"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **locale}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    said = done.stdout if verb == "show" else done.stderr
    assert done.returncode == 0, done.stderr
    assert said.startswith(b"caf")
    assert said.endswith(b"\\xc6 \\x1b[2J\n")


def test_a_terminal_that_cannot_steer_is_not_steered(capsys: pytest.CaptureFixture[str]) -> None:
    printing.show("\x1b]0;owned\x07 \u202e ok")
    assert capsys.readouterr().out == "\\x1b]0;owned\\x07 \\u202e ok\n"


def test_an_answer_that_is_not_text_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.write(write, b"\xff\xfe\n")
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert printing.ask("sure?") == ""

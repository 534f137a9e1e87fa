"""A house one would live in: no file and no function longer than can be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 300, 40  # lines
FOLDERS = ("irekae", "tasks", "verify", "lab", "tests", "docs")
MODULES = sorted([*PROJECT.glob("*.py"), *(path for top in FOLDERS for path in (PROJECT / top).rglob("*.py"))])


def too_long(text: str) -> list[str]:
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    found = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_FUNCTION]
    lines = len(text.splitlines())
    return [*found, f"{lines} lines"] if lines > LONGEST_FILE else found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_a_file_and_its_functions_can_be_read_at_once(path: Path) -> None:
    assert too_long(path.read_text(encoding="utf-8")) == []


def test_what_is_too_long_is_found() -> None:
    assert too_long("def long():\n" + "    pass\n" * 40) == ["long: 41 lines"]
    assert too_long("class Of:\n    async def long(self):\n" + "        pass\n" * 40) == ["long: 41 lines"]
    assert too_long("x = 1\n" * 301) == ["301 lines"]
    assert too_long("def fits():\n" + "    pass\n" * 39) == []

"""docs/security.md: each line is shown by a test, and that test exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs/security.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
FAULTS = sorted(set(re.findall(r"`fault ([\w/-]+)`", PAGE)))


@cache
def functions() -> set[str]:
    """All tests, wherever they stand."""
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("test_*.py")]
    return {node.name for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}


@cache
def faults() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests/faults").glob("*.py"))


@pytest.mark.parametrize("name", TESTS)
def test_a_test_that_is_named_exists(name: str) -> None:
    assert name in functions()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_is_named_exists(name: str) -> None:
    # Some are declared in a loop: `third/{phase}`.
    group, _, last = name.partition("/")
    assert f'"{name}"' in faults() or re.search(rf'"{group}/\{{\w+\}}', faults()), last


def test_every_line_is_shown_by_something() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "what happens" not in line]
    shown = [row for row in rows if "`test_" in row or "`fault " in row]
    told = PAGE[PAGE.index("## Who is trusted with what") : PAGE.index("Three rules")]
    assert [row for row in rows if row not in shown and row not in told and "| rule |" not in row] == []
    assert len(shown) >= 35

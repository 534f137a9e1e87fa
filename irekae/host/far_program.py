"""Modules joined to the text of one program, which is sent to a host that knows nothing of us."""

import ast
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

# CPython 3.11.2 fails with a SystemError when two threads parse at once (python/cpython, issue 106905).
_PARSING = Lock()


def joined(folder: Path, modules: Sequence[str]) -> str:
    """The modules' texts, one after the other, without what only holds between modules.

    Args:
        folder: of the package; imports from it and future imports are left out.
        modules: their names, in an order in which each needs only those before it.
    """
    with _PARSING:
        return "".join(_part(folder / f"{name}.py") for name in modules)


def _part(path: Path) -> str:
    parts = path.parent.parts
    package = ".".join(parts[len(parts) - parts[::-1].index("irekae") - 1 :])
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("__future__", package)):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return f"\n# --- {path.stem} ---\n{''.join(lines)}"

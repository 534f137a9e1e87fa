"""The far end of a connection: runs on the host as root, standard library only, Python 3.7 or newer.

The modules of this package are joined to one program, whose text the seat sends over ssh. Then it speaks one JSON
object a line: {"op": …, arguments} is answered by {"ok": …} or {"error": …, "kind": …}. File contents travel as
base64, commands as argument lists. When the seat goes away, standard input ends and so does the agent, and with it the
locks it holds.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

# In this order: each needs only those before it.
MODULES = (
    "base",
    "paths",
    "replace",
    "files",
    "search",
    "checkpoints",
    "commands",
    "processes",
    "journal",
    "locks",
    "boot",
    "homes",
    "digests",
    "facts",
    "serve",
)
_FUTURE = "from __future__ import annotations\n"


@functools.cache
def program() -> bytes:
    """All modules as the text of one program that serves at once."""
    folder = Path(__file__).parent
    parts = [_part(folder / f"{name}.py") for name in MODULES]
    return "".join([_FUTURE, *parts, "\nmain()\n"]).encode()


def _part(path: Path) -> str:
    """A module without what only holds between modules: future imports and imports from its neighbours."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("__future__", "irekae.agent")):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return f"\n# --- {path.stem} ---\n{''.join(lines)}"

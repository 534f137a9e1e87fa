"""The host's own hand in the exchange of addresses (6.1): runs detached as root, standard library only, Python >= 3.7.

The modules of this package are joined to one file, which 5.3 puts into <state>/exchange/ on both hosts. From then on it
guards the address; armed by the seat it changes places with the other host, and goes back by itself unless the seat
confirms over the new address. docs/phase6.md describes and argues the protocol.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

# In this order: each needs only those before it.
MODULES = ("memory", "wire", "talk", "moves", "dog", "verbs")


@functools.cache
def program() -> bytes:
    """All modules as the text of one program."""
    folder = Path(__file__).parent
    head = '"""Written by irekae: the watchdog of phase 6."""\n\nfrom __future__ import annotations\n'
    return "".join([head, *(_part(folder / f"{name}.py") for name in MODULES), "\nsys.exit(main())\n"]).encode()


def _part(path: Path) -> str:
    """A module without what only holds between modules: future imports and imports from its neighbours."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("__future__", __name__)):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return f"\n# --- {path.stem} ---\n{''.join(lines)}"

"""Modules joined to the text of one program, which is sent to a host that knows nothing of us."""

from collections.abc import Sequence
from pathlib import Path


def joined(folder: Path, modules: Sequence[str]) -> str:
    """The modules' texts, one after the other, without what only holds between modules.

    Args:
        folder: of the package; imports from it and future imports are left out.
        modules: their names, in an order in which each needs only those before it.
    """
    parts = folder.parts
    package = ".".join(parts[len(parts) - parts[::-1].index("irekae") - 1 :])
    return "".join(f"\n# --- {name} ---\n{_part(folder / f'{name}.py', package)}" for name in modules)


def _part(path: Path, package: str) -> str:
    """A module's text, each line of the imports that are left out empty.

    They are found by their lines, as the formatter writes them: at the margin, up to a `)` there.
    Parsing forty modules took every command longer than the agent needs to answer.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    leaving = False
    for number, line in enumerate(lines):
        begins = line.startswith(("from __future__ import ", f"from {package}.", f"from {package} import "))
        if begins or leaving:
            lines[number] = ""
            leaving = not line.startswith(")") if leaving else line.rstrip().endswith("(")
    return "".join(lines)

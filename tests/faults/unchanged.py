"""Whether all that a fault depends on is as it was at a commit: the project, the lab, and of the faults its own."""

from __future__ import annotations

import ast
from functools import cache, partial
from pathlib import Path

from tests.driver import PROJECT
from tests.faults.catalogue import Act
from tests.faults.inject import CODE, git

FOLDER = "tests/faults"
RUNNER = frozenset({"__main__", "inject", "results", "unchanged"})
"""What chooses faults, counts them, and writes down what they say of themselves."""


def is_unchanged(act: Act, since: str) -> bool:
    """Has nothing been changed since a commit but results, documents, other tests, and other faults.

    Args:
        act: of the fault.
        since: the commit; one that ends with + was no whole one.
    """
    if since[-1:] in {"+", "?", ""}:
        return False
    own = act.func if isinstance(act, partial) else act
    return _is_same(since, others(own.__module__.rpartition(".")[2]))


@cache
def others(module: str) -> frozenset[str]:
    """The runner, and the modules of faults on which a module of faults does not stand."""
    folder, own = PROJECT / FOLDER, needed_by(module)
    known = {path.stem for path in folder.glob("*.py") if "\n@fault(" in path.read_text(encoding="utf-8")}
    return (RUNNER | known) - own


def needed_by(module: str) -> set[str]:
    """A module of tests/faults, and those there that it imports, and they."""
    found, left = {module}, [module]
    while left:
        for name in imported(PROJECT / FOLDER / f"{left.pop()}.py") - found:
            found.add(name)
            left.append(name)
    return found


@cache
def imported(path: Path) -> frozenset[str]:
    """What a file imports from tests/faults, wherever in it."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    inner = {str(node.module).partition("tests.faults.")[2] for node in nodes}
    inner |= {name.name for node in nodes if node.module == "tests.faults" for name in node.names}
    return frozenset(name for name in inner if (path.parent / f"{name}.py").is_file())


@cache
def _is_same(since: str, excluded: frozenset[str]) -> bool:
    without = [f":(exclude){FOLDER}/{name}.py" for name in sorted(excluded)]
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *CODE, *without).stdout.strip()
    return not changed and git("diff", "--quiet", since, "HEAD", "--", *CODE, *without).returncode == 0

"""The agent's own operations in this process, with a memory of the test's."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.host import agent
from irekae.host.agent.base import MEMORY
from irekae.host.agent.locks import LOCKS, op_unlock

NOBODY = 65534

# An operation is known once its module is there, whichever test is run alone.
for _name in agent.MODULES:
    importlib.import_module(f"{agent.__name__}.{_name}")


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the host remembers in."""
    folder = tmp_path / "memory"
    monkeypatch.setattr(MEMORY, "folder", str(folder))
    yield folder
    for name in list(LOCKS):
        op_unlock(name)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder to work in."""
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


@pytest.fixture
def planted(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a user, tree/home, with a link to tree/secret that the user planted in it."""
    (tree / "home").mkdir()
    (tree / "secret").mkdir()
    (tree / "secret" / "shadow").write_bytes(b"root:x\n")
    (tree / "home" / "way").symlink_to(tree / "secret")
    (tree / "home" / "file").symlink_to(tree / "secret" / "shadow")
    if os.geteuid() == 0:
        for path in (tree / "home", tree / "home" / "way", tree / "home" / "file"):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    else:
        # Whoever is not root cannot give files away: then nobody's links are trusted.
        monkeypatch.setattr("irekae.host.agent.paths.TRUSTED", {0})
    return tree / "home"

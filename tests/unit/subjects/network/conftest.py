"""The watchdog's folder, with both sides' files staged and the old one in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from irekae.subjects.network.watchdog import memory, verbs
from tests.unit.subjects.network.exchanged import NEW, OLD, PLAN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the watchdog lies; the interface's file is `network/interfaces` in it."""
    monkeypatch.setattr(memory, "FOLDER", str(tmp_path))
    monkeypatch.setattr(verbs, "PERMIT", str(tmp_path / "permit"))
    sides = {}
    for name, side in (("old", OLD), ("new", NEW)):
        staged = tmp_path / f"interfaces.{name}"
        staged.write_text(side["text"])
        sides[name] = {**side, "file": str(staged)}
    (tmp_path / "network").mkdir()
    live = tmp_path / "network" / "interfaces"
    live.write_text(OLD["text"])
    guard = {
        "interface": "eth0", "live": str(live), "restart": [], "others": [], "shown": ["false"],
        "hold": {str(tmp_path / "run/eth0.d/hold.conf"): "[Link]\n"}, "in_place": False, "settles": 0.0, **sides,
    }  # fmt: skip
    (tmp_path / "guard.json").write_text(json.dumps(guard))
    return tmp_path


@pytest.fixture
def plan(folder: Path) -> None:
    """An exchange has its plan."""
    sides = json.loads((folder / "guard.json").read_text())
    (folder / "plan.json").write_text(json.dumps({**PLAN, "old": sides["old"], "new": sides["new"]}))

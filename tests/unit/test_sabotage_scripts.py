"""What a row has changed is put back, and a folder stays the one in which daemons stand."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.sabotage.scripts import AS_BEHIND_A_SWAP, BEFORE_A_SWAP, PUT_BACK, SAVE


def run(script: str, place: Path, *paths: Path) -> None:
    """The script as a host runs it, with its own folder elsewhere."""
    text = script.replace("/run/sabotage", str(place))
    subprocess.run(["bash", "-c", text, "sabotage", *map(str, paths)], check=True)


def test_a_folder_holds_what_it_held_and_is_the_same(tmp_path: Path) -> None:
    zones, gone, new = tmp_path / "zones", tmp_path / "gone", tmp_path / "new"
    (zones / "old").mkdir(parents=True)
    (zones / "old/a").write_text("a")
    gone.write_text("here")
    zones.chmod(0o750)
    before = zones.stat().st_ino
    run(SAVE, tmp_path / "place", zones, gone, new)
    (zones / "old/a").write_text("b")
    (zones / "more").mkdir()
    zones.chmod(0o777)
    gone.unlink()
    new.mkdir()
    run(PUT_BACK, tmp_path / "place")
    assert (zones.stat().st_ino, zones.stat().st_mode & 0o777) == (before, 0o750)
    assert sorted(path.name for path in zones.rglob("*")) == ["a", "old"]
    assert ((zones / "old/a").read_text(), gone.read_text(), new.exists()) == ("a", "here", False)


def test_a_folder_in_whose_place_something_else_lies_is_put_back(tmp_path: Path) -> None:
    zones = tmp_path / "zones"
    zones.mkdir()
    (zones / "a").write_text("a")
    run(SAVE, tmp_path / "place", zones)
    (zones / "a").unlink()
    zones.rmdir()
    zones.write_text("a file")
    run(PUT_BACK, tmp_path / "place")
    assert (zones / "a").read_text() == "a"


def test_a_standby_is_as_behind_a_swap_and_as_before_it_again(tmp_path: Path) -> None:
    state = tmp_path / "irekae"
    state.mkdir()
    (state / "booted.json").write_text("{}")
    again = [script.replace("/var/lib/irekae", str(state)) for script in (AS_BEHIND_A_SWAP, BEFORE_A_SWAP)]
    run(again[0], tmp_path, Path("/var/spool/cron/crontabs/alice"), Path("/var/lib/systemd/linger/alice"))
    assert json.loads((state / "run.json").read_text())["role_before"] == "production"
    held = sorted(str(path.relative_to(state / "held")) for path in state.rglob("alice"))
    assert held == ["var/lib/systemd/linger/alice", "var/spool/cron/crontabs/alice"]
    run(again[1], tmp_path)
    assert [path.name for path in state.iterdir()] == ["booted.json"]

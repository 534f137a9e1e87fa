"""Which file of the interface a boot reads: the settled side's, put there in one step that needs no disk any more."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from irekae.subjects.network.watchdog import live, memory
from tests.unit.subjects.network.exchanged import NEW, OLD


@pytest.fixture
def file(folder: Path, plan: None) -> Path:
    return folder / "network" / "interfaces"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "network").iterdir())


def test_the_old_one_is_in_place_until_another_is_put_there(file: Path) -> None:
    assert live.in_place() == "old"
    assert live.put_in_place("new")
    assert live.in_place() == "new"
    assert file.read_text() == NEW["text"]


def test_the_new_one_has_mode_and_owner_of_the_old_one_but_a_time_of_its_own(file: Path, folder: Path) -> None:
    file.chmod(0o640)
    os.utime(file, ns=(10**18, 10**18))
    os.utime(folder / "interfaces.new", ns=(11 * 10**17, 11 * 10**17))
    assert live.put_in_place("new")
    assert file.stat().st_mode & 0o7777 == 0o640
    assert file.stat().st_mtime_ns == 11 * 10**17


def test_what_comes_home_is_the_file_that_was_there(file: Path) -> None:
    os.utime(file, ns=(10**18, 10**18))
    inode = file.stat().st_ino
    assert live.put_in_place("new")
    assert live.put_in_place("old")
    assert (file.stat().st_ino, file.stat().st_mtime_ns, file.read_text()) == (inode, 10**18, OLD["text"])


def test_after_the_spare_ones_are_gone_the_old_one_comes_home_with_its_time(file: Path, folder: Path) -> None:
    os.utime(folder / "interfaces.old", ns=(10**18, 10**18))
    assert live.put_in_place("new")
    live.sweep()
    assert left(folder) == ["interfaces"]
    assert live.put_in_place("old")
    assert (file.read_text(), file.stat().st_mtime_ns) == (OLD["text"], 10**18)


def test_what_somebody_edited_is_never_overwritten(file: Path, folder: Path) -> None:
    file.write_text(OLD["text"] + "# mine\n")
    assert live.in_place() == ""
    assert not live.put_in_place("new")
    assert file.read_text() == OLD["text"] + "# mine\n"
    assert left(folder) == ["interfaces"]


def test_what_sources_the_folder_does_not_read_the_spare_ones(file: Path, folder: Path) -> None:
    live.lay_spare("new")
    assert [name for name in left(folder) if not name.startswith(".")] == ["interfaces"]


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_once_laid_ready_no_step_needs_the_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live.lay_spare("new")
    monkeypatch.setattr(os, "open", _only_folders(os.open))
    assert live.put_in_place("new")
    assert live.put_in_place("old")
    assert live.put_in_place("new")


def _only_folders(real: Callable[..., int]) -> Callable[..., int]:
    def opened(path: str, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(28, "No space left on device")
        return real(path, flags, *rest)

    return opened


def test_a_disk_that_takes_nothing_leaves_what_is_in_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        live.lay_spare("new")
    assert not live.put_in_place("new")
    assert live.in_place() == "old"


def test_half_a_spare_one_is_written_anew(file: Path, folder: Path) -> None:
    (folder / "network" / ".interfaces.irekae-new").write_text(NEW["text"][:10])
    assert live.put_in_place("new")
    assert file.read_text() == NEW["text"]


def test_a_revert_knows_the_sides_by_its_own_plan(file: Path, folder: Path) -> None:
    assert live.put_in_place("new")
    memory.keep("state", "confirmed")
    plan = json.loads((folder / "plan.json").read_text())
    memory.keep(
        "plan.json", json.dumps({**plan, "take": "old", "leave": "new", "done": "reverted", "back": "confirmed"})
    )
    assert memory.home() == "new"
    memory.keep("state", "prepared")
    assert memory.home() == "old"
    assert live.put_in_place(memory.home())
    assert file.read_text() == OLD["text"]

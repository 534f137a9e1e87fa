"""Folders that a copy deletes: rsync keeps the files of them, and the undo makes those in which none lies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from irekae.host.agent import attributes, copies, copy_notes, homes
from irekae.host.agent.base import MEMORY
from irekae.subjects.trees import rsync_listing

LISTING = [
    "*deleting   asada/Maildir/tmp/",
    "*deleting   asada/Maildir/new/",
    "*deleting   asada/Maildir/old",
    "*deleting   asada/Maildir/",
    ".d..t...... asada/",
]
WAS = {"asada/Maildir": 0o700, "asada/Maildir/new": 0o2770, "asada/Maildir/tmp": 0o1777}


@pytest.fixture
def home(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with folders that the copy deletes, and the list of what was there before."""
    monkeypatch.setattr(MEMORY, "folder", str(tree / "memory"))
    for name, mode in WAS.items():
        (tree / "home" / name).mkdir(parents=True)
        (tree / "home" / name).chmod(mode)
        if os.geteuid() == 0:
            os.chown(tree / "home" / name, 41001, 41002)
            (tree / "home" / name).chmod(mode)
    for name in reversed(WAS):
        os.utime(tree / "home" / name, (1000, 1000))
    altered = [*rsync_listing.altered(LISTING), *rsync_listing.folders_deleted(LISTING)]
    copy_notes.op_note_expected(str(tree / "home"), before(tree), [], [], altered, first=True, last=True)
    return tree / "home"


def before(tree: Path) -> str:
    return str(tree / "memory/before")


def copied(home: Path) -> None:
    shutil.rmtree(home / "asada/Maildir")
    note_left(home)


def note_left(home: Path) -> None:
    memory = home.parent / "memory"
    (memory / "logged").write_text("")
    copy_notes.op_note_left(str(home), str(memory / "before"), str(memory / "logged"), str(memory / "left"))


def take_back(home: Path) -> Any:
    return copies.op_undo_copy(str(home), ".irekae-replaced/3.1/1", str(home.parent / "memory/left"), ".irekae-edited")


def states(home: Path) -> dict[str, Any]:
    return {name: (*state[:4], state[5]) for name, state in homes.op_states(str(home), [*WAS, "asada"]).items()}


def test_folders_without_files_come_back_with_their_states_and_a_second_time_changes_nothing(home: Path) -> None:
    was = states(home)
    copied(home)
    assert take_back(home) == {"aside": [], "stays": []}
    assert states(home) == was
    assert take_back(home) == {"aside": [], "stays": []}
    assert states(home) == was


def test_what_an_undo_that_was_ended_left_is_no_hindrance_and_goes(home: Path) -> None:
    was = states(home)
    copied(home)
    (home / "asada" / homes.UNFINISHED.decode()).mkdir()
    take_back(home)
    assert states(home) == was
    assert not (home / "asada" / homes.UNFINISHED.decode()).exists()


def test_what_the_copy_did_not_delete_and_somebody_did_since_stays_gone(home: Path) -> None:
    note_left(home)
    (home / "asada/Maildir/tmp").rmdir()
    take_back(home)
    assert not (home / "asada/Maildir/tmp").exists()
    assert (home / "asada/Maildir/new").exists()


def test_what_somebody_put_there_since_is_left_and_what_cannot_be_made_is_told(home: Path) -> None:
    copied(home)
    (home / "asada/Maildir").write_text("mine")
    stays = take_back(home)["stays"]
    assert (home / "asada/Maildir").read_text() == "mine"
    assert [line.partition(" ")[0] for line in stays] == ["asada/Maildir/tmp/", "asada/Maildir/new/"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")
def test_nothing_is_made_behind_a_link_that_a_user_has_put_there(home: Path) -> None:
    copied(home)
    shutil.rmtree(home / "asada")
    (home / "asada").symlink_to(home.parent)
    os.lchown(home / "asada", 41001, 41002)
    take_back(home)
    assert not (home.parent / "Maildir").exists()


def test_attributes_come_back_too(home: Path) -> None:
    try:
        os.setxattr(home / "asada/Maildir/new", "user.x", b"1")
    except OSError:
        pytest.skip("no attributes here")
    with_it = homes.op_states(str(home), ["asada/Maildir/new/"])["asada/Maildir/new/"]
    assert attributes.in_base64({"user.x": b"1"}).items() <= with_it[homes.MORE].items()
    deleted = [f"{name}/" for name in WAS]
    copy_notes.op_note_expected(str(home), before(home.parent), [], [], deleted, first=True, last=True)
    copied(home)
    take_back(home)
    assert os.getxattr(home / "asada/Maildir/new", "user.x") == b"1"

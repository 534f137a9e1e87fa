"""/home looked through before it is copied: whose it is by number, what is too deep, what goes on changing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from irekae.host.agent import survey

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@root
def test_every_number_that_owns_something_is_told_with_an_example(tree: Path) -> None:
    for name, owner in (("asada/private", 41001), ("gate/x", 41002), ("top", 41003)):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("x")
        os.chown(tree / name, owner, owner + 1)
    (tree / "asada/link").symlink_to("/etc/passwd")
    os.lchown(tree / "asada/link", 41004, 0)
    found = survey.op_survey(str(tree), ["/gate"], 4000)
    users = dict(found["users"])
    assert (users[41001], users[41003], users[41004]) == ("asada/private", "top", "asada/link")
    assert 41002 not in users
    assert dict(found["groups"])[41002] == "asada/private"


def test_folders_in_which_a_path_may_be_too_long_are_named_once(tree: Path) -> None:
    path = tree / "asada/aaaa/bbbb/cccc"
    path.mkdir(parents=True)
    (tree / "kato").mkdir()
    longest = len("asada/aaaa") + survey.LONGEST_NAME
    assert survey.op_survey(str(tree), [], longest)["too_long"] == ["asada/aaaa/bbbb"]


def test_a_home_with_very_many_of_them_is_cut_where_all_of_them_lie(tree: Path) -> None:
    for number in range(survey.MANY + 1):
        (tree / f"asada/aaaa/{number:04}").mkdir(parents=True)
    longest = len("asada/aaaa") + survey.LONGEST_NAME
    assert survey.op_survey(str(tree), [], longest)["too_long"] == ["asada/aaaa"]


def test_what_changed_since_is_told_from_what_did_not(tree: Path) -> None:
    (tree / "kato").mkdir()
    for name in ("kato/old", "kato/new"):
        (tree / name).write_text("x")
    now = (tree / "kato/new").stat().st_ctime
    (tree / "link").symlink_to("kato")
    names = ["kato/old", "kato/new", "kato/gone", "no/such/folder", "kato/"]
    assert survey.op_changed_since(str(tree), names, now + 60) == []
    assert survey.op_changed_since(str(tree), names, 0) == names
    assert survey.op_changed_since(str(tree), names, 1) == [*names[:3], "kato/"]


@root
def test_homes_of_numbers_without_an_account_are_root_s_alone_until_they_have_one(tree: Path) -> None:
    for name, owner in (("nobody-yet", 41005), ("daemon", 1), ("mine", 0)):
        (tree / name).mkdir(mode=0o711)
        os.chown(tree / name, owner, owner)
    (tree / "file").write_text("x")
    os.chown(tree / "file", 41005, 41005)
    (tree / "link").symlink_to("daemon")
    os.lchown(tree / "link", 41005, 41005)
    assert survey.op_close_nameless(str(tree)) == ["nobody-yet"]
    state = (tree / "nobody-yet").stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (0, 0, 0o700)
    assert (tree / "daemon").stat().st_mode & 0o777 == 0o711


def test_folders_on_another_device_are_told_and_not_gone_into(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("asada/plain", "asada/volume/deeper", "gate/volume"):
        (tree / name).mkdir(parents=True)
    (tree / "asada/volume/deeper/x").write_text("x")
    volumes, fstat = {(tree / name).stat().st_ino for name in ("asada/volume", "gate/volume")}, os.fstat

    def of_its_own(fd: int) -> os.stat_result:
        state = fstat(fd)
        return os.stat_result((*state[:2], state.st_dev + 1, *state[3:])) if state.st_ino in volumes else state

    monkeypatch.setattr("irekae.host.agent.walk.os.fstat", of_its_own)
    assert survey.op_other_devices(str(tree), ["/gate"]) == ["asada/volume"]
    assert survey.op_survey(str(tree), ["/gate"], 4000)["other_devices"] == ["asada/volume"]
    assert survey.op_other_devices(str(tree), []) == ["asada/volume", "gate/volume"]
    assert survey.op_other_devices(str(tree / "none"), []) == []

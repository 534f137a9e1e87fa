"""Homes belong to users: the mail in them is counted, and a copy taken back, without following their links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from irekae.host.agent import copies, homes, mailboxes, marks, words
from irekae.host.agent.base import Refused
from tests.unit.host.agent.taking_back import ASIDE, take_back, undo


def mail(home: Path, user: str, **parts: list[int]) -> None:
    for part in ("cur", "new", "tmp"):
        (home / user / "Maildir" / part).mkdir(parents=True)
    for part, sizes in parts.items():
        for number, size in enumerate(sizes):
            (home / user / "Maildir" / part / str(number)).write_bytes(b"x" * size)


def test_mail_is_counted_and_links_are_not_followed(tree: Path) -> None:
    mail(tree, "asada", cur=[10, 20], new=[5], tmp=[99])
    mail(tree, "empty")
    (tree / "none").mkdir()
    (tree / "linked").symlink_to("asada")
    (tree / "box").mkdir()
    (tree / "box" / "Maildir").symlink_to(tree / "asada" / "Maildir")
    mail(tree, "part")
    (tree / "part" / "Maildir" / "cur").rmdir()
    (tree / "part" / "Maildir" / "cur").symlink_to(tree / "asada" / "Maildir" / "cur")
    (tree / "asada" / "Maildir" / "new" / "link").symlink_to("/etc/passwd")
    os.mkfifo(tree / "asada" / "Maildir" / "new" / "pipe")
    assert mailboxes.op_mailboxes([f"{tree}/*/Maildir/"]) == {"asada": [3, 35], "empty": [0, 0], "part": [0, 0]}


def replaced(tree: Path, *parts: str) -> Path:
    path = tree.joinpath(".irekae-replaced", "3.1", *parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_a_copy_is_taken_back_whole(tree: Path) -> None:
    replaced(tree, "asada", "changed").write_bytes(b"old")
    replaced(tree, "asada", "deleted", "deep").write_bytes(b"was here")
    (tree / "asada").mkdir()
    (tree / "asada" / "changed").write_bytes(b"new")
    (tree / "asada" / "added").mkdir()
    (tree / "asada" / "added" / "caf\udce9").write_bytes(b"new")
    (tree / "asada" / "other").mkdir()
    (tree / "asada" / "other" / "since").write_bytes(b"made since")
    (tree / "asada" / "other" / "added").write_bytes(b"new")
    added = ["asada/added/", "asada/added/caf\\#351", "asada/other/", "asada/other/added", "asada/gone/already"]
    take_back(tree, ".irekae-replaced/3.1", added)
    found = {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    assert found == {
        "asada/changed": b"old",
        "asada/deleted/deep": b"was here",
        "asada/other/since": b"made since",
    }
    take_back(tree, ".irekae-replaced/3.1", added)


def test_what_only_changed_its_mode_or_time_has_them_again_and_no_folder_of_ours_is_left(tree: Path) -> None:
    (tree / "asada").mkdir(mode=0o711)
    (tree / "asada" / "caf\udce9").write_bytes(b"same")
    (tree / "link").symlink_to("asada")
    names = ["asada/", "asada/caf\\#351", "link", "gone"]
    before = homes.op_states(str(tree), names)
    assert list(before) == names[:2]
    replaced(tree, "asada", "x").write_bytes(b"old")
    (tree / "asada").chmod(0o777)
    os.utime(tree / "asada" / "caf\udce9", (1, 1))
    take_back(tree, ".irekae-replaced/3.1", [], before)
    assert homes.op_states(str(tree), names) == before
    assert {path.name for path in tree.iterdir()} == {"asada", "link"}


def test_what_comes_back_replaces_links_and_is_never_written_through_them(planted: Path) -> None:
    secret = planted.parent / "secret" / "shadow"
    replaced(planted, "file").write_bytes(b"the user's own file of before")
    replaced(planted, "way", "shadow").write_bytes(b"evil")
    take_back(planted, ".irekae-replaced/3.1", ["way/shadow"])
    assert secret.read_bytes() == b"root:x\n"
    assert not (planted / "file").is_symlink()
    assert (planted / "file").read_bytes() == b"the user's own file of before"
    assert (planted / "way" / "shadow").read_bytes() == b"evil"
    assert not (planted / "way").is_symlink()


def test_a_folder_in_a_files_place_gives_way(tree: Path) -> None:
    replaced(tree, "asada").write_bytes(b"file")
    (tree / "asada" / "new").mkdir(parents=True)
    take_back(tree, ".irekae-replaced/3.1", [])
    assert (tree / "asada").read_bytes() == b"file"


def test_rsyncs_escapes_are_read() -> None:
    assert words.unescape("caf\\#351 \\#012 \\#9 plain") == "caf\udce9 \n \\#9 plain"


def test_space_counts_bytes(tree: Path) -> None:
    found = homes.op_space(str(tree))
    assert found["free"] > 0
    assert found["used"] > 0


# --- what somebody did since the copy ---


def a_copy(tree: Path) -> dict[str, str]:
    """What a copy left: it added, replaced, deleted; asada and his folder were there before."""
    (tree / "asada").mkdir()
    for name in ("added", "replaced"):
        (tree / "asada" / name).write_bytes(b"the copy's")
    replaced(tree, "asada", "replaced").write_bytes(b"before")
    replaced(tree, "asada", "deleted").write_bytes(b"before")
    return marks.op_marks(str(tree), ["asada/added", "asada/replaced", "asada/deleted"])


def undone(tree: Path, left: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = undo(tree, ".irekae-replaced/3.1", ["asada/added"], left)
    return found


def test_what_somebody_edited_since_is_kept_aside_with_its_path(tree: Path) -> None:
    left = a_copy(tree)
    for name in ("added", "replaced", "deleted"):
        (tree / "asada" / name).write_bytes(b"somebody's own")
    assert undone(tree, left) == {"aside": ["asada/added", "asada/replaced", "asada/deleted"], "stays": []}
    assert {path.name: path.read_bytes() for path in (tree / "asada").iterdir()} == {
        "replaced": b"before",
        "deleted": b"before",
    }
    kept = tree / ASIDE / "asada"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == dict.fromkeys(
        ("added", "replaced", "deleted"), b"somebody's own"
    )
    assert [oct(folder.stat().st_mode)[-3:] for folder in (tree / ASIDE, kept)] == ["700", "700"]


def test_nothing_is_kept_aside_where_nobody_did_anything(tree: Path) -> None:
    assert undone(tree, a_copy(tree)) == {"aside": [], "stays": []}
    assert {path.name for path in tree.iterdir()} == {"asada"}


def test_a_folder_or_a_link_that_somebody_put_there_is_kept_whole(tree: Path) -> None:
    left = a_copy(tree)
    for name in ("added", "replaced"):
        (tree / "asada" / name).unlink()
    (tree / "asada" / "added").symlink_to("/etc/passwd")
    (tree / "asada" / "replaced" / "deep").mkdir(parents=True)
    (tree / "asada" / "replaced" / "deep" / "letter").write_bytes(b"x")
    assert set(undone(tree, left)["aside"]) == {"asada/added", "asada/replaced"}
    assert (tree / ASIDE / "asada/replaced/deep/letter").read_bytes() == b"x"
    assert (tree / ASIDE / "asada/added").readlink() == Path("/etc/passwd")
    assert (tree / "asada" / "replaced").read_bytes() == b"before"


def test_what_came_to_a_place_where_the_copy_had_left_nothing_stays_there(tree: Path) -> None:
    left = a_copy(tree)
    del left["asada/added"]
    assert undone(tree, left)["aside"] == []
    assert (tree / "asada" / "added").exists()


def test_folders_that_the_copy_made_go_though_nobody_saw_it_end(tree: Path) -> None:
    (tree / "asada/d/deep").mkdir(parents=True)
    left = dict.fromkeys(("asada/d/", "asada/d/deep/"), "?")
    assert undo(tree, ".none", list(left), left) == {"aside": [], "stays": []}
    assert list((tree / "asada").iterdir()) == []


def test_a_file_of_the_copy_s_that_took_a_folder_s_place_is_nobody_s_work(tree: Path) -> None:
    """It is in no log yet: the copy was killed right behind it."""
    replaced(tree, "asada", "x", "letter").write_bytes(b"before")
    (tree / "asada").mkdir()
    (tree / "asada" / "x").write_bytes(b"the copy's")
    left = marks.op_marks(str(tree), ["asada/x"])
    assert undo(tree, ".irekae-replaced/3.1", [], left) == {"aside": [], "stays": []}
    assert (tree / "asada/x/letter").read_bytes() == b"before"


def test_a_list_that_leads_out_of_the_folder_is_refused(tree: Path) -> None:
    replaced(tree, "x").write_bytes(b"before")
    with pytest.raises(Refused, match="does not lie below"):
        undo(tree, ".irekae-replaced/3.1", [], {"../victim": "file 1 1"})


def test_kept_aside_twice_under_one_name_both_are_there(tree: Path) -> None:
    left = a_copy(tree)
    (tree / ASIDE / "asada").mkdir(parents=True)
    (tree / ASIDE / "asada" / "added").write_bytes(b"first")
    (tree / "asada" / "added").write_bytes(b"second one")
    undone(tree, left)
    assert {path.read_bytes() for path in (tree / ASIDE / "asada").iterdir()} == {b"first", b"second one"}


def test_a_mode_that_somebody_set_since_stays_and_is_told(tree: Path) -> None:
    for name in ("touched", "ours", "his"):
        (tree / name).write_bytes(b"x")
        (tree / name).chmod(0o644)
    before = homes.op_states(str(tree), ["touched", "ours", "his"])
    for name in ("touched", "ours"):
        (tree / name).chmod(0o600)
        os.utime(tree / name, (1, 1))
    left = homes.op_states(str(tree), ["touched", "ours", "his"])
    (tree / "touched").chmod(0o640)
    (tree / "touched").write_bytes(b"edited")
    (tree / "his").chmod(0o640)
    edited = (tree / "touched").stat().st_mtime_ns
    states = {name: (before[name], left[name]) for name in before}
    found = undo(tree, ".none", [], {}, states)
    assert found == {"aside": [], "stays": ["touched: mode 0o640, changed since the copy"]}
    assert [oct((tree / name).stat().st_mode)[-3:] for name in ("touched", "ours", "his")] == ["640", "644", "640"]
    assert (tree / "touched").stat().st_mtime_ns == edited
    assert (tree / "ours").stat().st_mtime_ns == before["ours"][3]


def test_what_another_host_s_rsync_says_leads_nowhere_else(tree: Path) -> None:
    home = tree / "home"
    home.mkdir()
    (tree / "victim").write_bytes(b"x")
    names = ["../victim", "asada/../../victim", f"{tree}/victim", "\\#056\\#056/victim"]
    assert marks.op_marks(str(home), names) == {}
    assert homes.op_states(str(home), names) == {}
    assert not any(homes.is_missing(str(home), name) for name in names)
    left = dict.fromkeys(names, marks.op_marks(str(tree), ["victim"])["victim"])
    state = homes.op_states(str(tree), ["victim"])["victim"]
    altered = {name: ([0o777, *state[1:]], state) for name in names}
    assert undo(home, ".none", names, left, altered) == {"aside": [], "stays": []}
    assert (tree / "victim").stat().st_mode & 0o777 == state[0]


def test_what_finds_no_place_stays_where_it_is_kept_and_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = a_copy(tree)
    monkeypatch.setattr(copies, "moved_back", lambda *_: False)
    (said,) = undone(tree, left)["stays"]
    assert said.startswith(".irekae-replaced/3.1: some of what the copy had replaced found no place")
    assert (tree / ".irekae-replaced/3.1/asada/replaced").read_bytes() == b"before"

"""Homes belong to users: the mail in them is counted, and a copy taken back, without following their links."""

from __future__ import annotations

import os
from pathlib import Path

from irekae.host.agent import homes, mailboxes


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
    homes.op_undo_copy(str(tree), ".irekae-replaced/3.1", added)
    found = {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    assert found == {
        "asada/changed": b"old",
        "asada/deleted/deep": b"was here",
        "asada/other/since": b"made since",
    }
    homes.op_undo_copy(str(tree), ".irekae-replaced/3.1", added)


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
    homes.op_undo_copy(str(tree), ".irekae-replaced/3.1", [], before)
    assert homes.op_states(str(tree), names) == before
    assert {path.name for path in tree.iterdir()} == {"asada", "link"}


def test_what_comes_back_replaces_links_and_is_never_written_through_them(planted: Path) -> None:
    secret = planted.parent / "secret" / "shadow"
    replaced(planted, "file").write_bytes(b"the user's own file of before")
    replaced(planted, "way", "shadow").write_bytes(b"evil")
    homes.op_undo_copy(str(planted), ".irekae-replaced/3.1", ["way/shadow"])
    assert secret.read_bytes() == b"root:x\n"
    assert not (planted / "file").is_symlink()
    assert (planted / "file").read_bytes() == b"the user's own file of before"
    assert (planted / "way" / "shadow").read_bytes() == b"evil"
    assert not (planted / "way").is_symlink()


def test_a_folder_in_a_files_place_gives_way(tree: Path) -> None:
    replaced(tree, "asada").write_bytes(b"file")
    (tree / "asada" / "new").mkdir(parents=True)
    homes.op_undo_copy(str(tree), ".irekae-replaced/3.1", [])
    assert (tree / "asada").read_bytes() == b"file"


def test_rsyncs_escapes_are_read() -> None:
    assert homes.unescape("caf\\#351 \\#012 \\#9 plain") == "caf\udce9 \n \\#9 plain"


def test_space_counts_bytes(tree: Path) -> None:
    found = homes.op_space(str(tree))
    assert found["free"] > 0
    assert found["used"] > 0

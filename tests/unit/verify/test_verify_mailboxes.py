"""Mailboxes of users, looked through and cleaned by the checks: theirs are the messages alone that they sent."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from tests.unit.exchanging import exchanging
from tests.unit.verify.arrived import letter
from verify.far import maildirs, users_file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for owner in ("asada", "ueno"):
        for part in ("new", "cur", "tmp"):
            (tmp_path / owner / "Maildir" / part).mkdir(parents=True)
    return tmp_path


def search(home: Path, **more: Any) -> dict[str, Any]:
    return maildirs.main({"mark": "irekae-1", "homes": str(home), "maildir": "Maildir", **more})


def test_marked_messages_are_found_and_nothing_else_is_touched(home: Path) -> None:
    (home / "asada/Maildir/new/1").write_text(letter())
    (home / "asada/Maildir/cur/2").write_text("Subject: private\n")
    (home / "ueno/Maildir/new/3").symlink_to(home / "asada/Maildir/new/1")
    answer = search(home, awaited=[["asada", "irekae-1-007"], ["ueno", "irekae-1-007"]], remove=True)
    assert [message["owner"] for message in answer["messages"]] == ["asada"]
    assert answer["missing"] == [["ueno", "irekae-1-007"]]
    assert answer["removed"] == 1
    assert (home / "asada/Maildir/cur/2").exists()
    assert (home / "ueno/Maildir/new/3").is_symlink()


BOUNCE = "Return-Path: <>\nFrom: MAILER-DAEMON@ika\nTo: popcheck@ika\n\nHi. Below is a copy.\n\n" + letter()
CRON = "Return-Path: <root@ika>\nMessage-ID: <1.qmail@tako>\nSubject: tako test\n\n" + letter().split("qmail\n", 1)[1]
LISTED = letter().replace("Received", "List-Post: <mailto:ml@itpass>\nReceived") + "\n--\nthe list's last lines\n"


@pytest.mark.parametrize("text", [letter(), BOUNCE, CRON, LISTED], ids=["letter", "bounce", "cron", "list"])
def test_whatever_a_letter_of_ours_becomes_is_removed(home: Path, text: str) -> None:
    (home / "asada/Maildir/new/1").write_text(text)
    assert (search(home, remove=True)["removed"], (home / "asada/Maildir/new/1").exists()) == (1, False)


@pytest.mark.parametrize(
    "text",
    [
        "7: 2 irekae-1-007x\n\tFri, 20 Nov 2026;asada irekae-1-007x\n",
        "Subject: Re: irekae-1-007x\nMessage-ID: <a@b>\n\nWhat is irekae-1-007x?\n",
        "Subject: digest\nMessage-ID: <d@ml>\n\n" + letter(),
        "From a Mon\nSubject: private\nMessage-ID: <p@x>\n\nx\n\nFrom b Mon\n" + letter(),
        "From b Mon\n" + letter() + "\nFrom a Mon\nSubject: private\n\nx\n",
        "Return-Path: <>\nSubject: failure\n\n" + letter() + "\nMessage-ID: <private@x>\n",
        letter(mark="irekae-2") + "irekae-1-007x",
        "Subject: irekae-1-007x\nMessage-ID: <irekae-1-007x@irekae.invalid>\n\nwithout the token in its text\n",
    ],
    ids=["index", "answer", "digest", "others first", "ours first", "several bounced", "another run's", "no token"],
)
def test_a_file_that_is_not_wholly_ours_stays_and_is_told(home: Path, text: str) -> None:
    (home / "archive/0").mkdir(parents=True)
    for path in (home / "asada/Maildir/cur/1", home / "archive/0/index"):
        path.write_text(text)
        answer = search(home, remove=True, also=[str(home / "archive")])
        assert (answer["removed"], path.read_text(), answer["stay"]) == (0, text, [str(path)])
        path.unlink()


@pytest.mark.parametrize("part", ["Maildir", "Maildir/cur", "Maildir/new", "Maildir/tmp"])
@pytest.mark.parametrize("kind", ["link", "pipe", "file"])
def test_a_mailbox_that_is_none_is_told_and_left(home: Path, tmp_path: Path, part: str, kind: str) -> None:
    behind = tmp_path / "log"
    for inner in ("new", "cur", "tmp"):
        (behind / inner).mkdir(parents=True)
        (behind / inner / "qmail").write_text(letter())
    (behind / "qmail").write_text(letter())
    path = home / "asada" / part
    path.rename(home / "kept")
    if kind == "link":
        path.symlink_to(behind)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.touch()
    answer = search(home, remove=True)
    assert (answer["removed"], answer["messages"]) == (0, [])
    assert answer["astray"] == [f"{path} is a {kind}"]
    assert len([*behind.rglob("qmail")]) == 4


def test_a_list_s_archive_behind_a_link_of_its_user_s_is_not_looked_into(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log/qmail").write_text(letter())
    (home / "asada/ml").symlink_to(tmp_path / "log")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    os.lchown(home / "asada/ml", 12345, 12345)
    answer = search(home, also=[str(home / "asada/ml")], remove=True)
    assert (answer["messages"], (tmp_path / "log/qmail").exists()) == ([], True)
    assert "is a link" in answer["astray"][0]


@pytest.mark.parametrize("part", ["Maildir", "Maildir/cur", ""])
def test_a_user_who_races_gets_nothing_of_root_s_deleted(
    home: Path, tmp_path_factory: pytest.TempPathFactory, part: str
) -> None:
    victim = tmp_path_factory.mktemp("log") / "victim"
    for inner in ("cur", "Maildir/cur"):
        (victim / inner).mkdir(parents=True)
        (victim / inner / "1").write_text(letter())
    (victim / "1").write_text(letter())
    (victim.parent / "link").symlink_to(victim)
    with exchanging(home / "asada" / part, victim.parent / "link"):
        for _ in range(300):
            search(home, remove=True)
    assert len([*victim.rglob("1")]) == 3


def test_anybody_s_mailbox_will_do_for_a_star(home: Path) -> None:
    (home / "ueno/Maildir/new/1").write_text("irekae-1-9")
    assert search(home, awaited=[["*", "irekae-1-9"]])["missing"] == []


def test_a_message_under_way_is_seen_in_the_queue(home: Path, tmp_path: Path) -> None:
    (tmp_path / "queue/mess").mkdir(parents=True)
    (tmp_path / "queue/mess/1").write_text("Subject: irekae-1-9")
    os.mkfifo(tmp_path / "queue/trigger")
    assert search(home, queue=str(tmp_path / "queue"))["queued"] == [str(tmp_path / "queue/mess/1")]


def test_a_mailbox_file_keeps_other_messages(home: Path, tmp_path: Path) -> None:
    box = tmp_path / "mbox"
    text = "From a Mon\nSubject: private\n\nx\n\nFrom b Mon\n" + letter()
    box.write_text(text)
    answer = search(home, mbox=str(box), remove=True)
    assert (answer["removed"], answer["stay"], box.read_text()) == (0, [str(box)], text)


def test_a_mailbox_file_with_nothing_but_ours_is_emptied(home: Path, tmp_path: Path) -> None:
    box = tmp_path / "mbox"
    box.write_text(f"From a Mon\n{letter(7)}\nFrom b Mon\n{BOUNCE}")
    answer = search(home, mbox=str(box), remove=True)
    assert (answer["removed"], answer["stay"], box.read_text()) == (2, [], "")


def test_a_mailbox_file_that_is_a_link_is_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "others").write_text(f"From a Mon\n{letter()}")
    (tmp_path / "mbox").symlink_to(tmp_path / "others")
    assert search(home, mbox=str(tmp_path / "mbox"), remove=True)["messages"] == []
    assert (tmp_path / "others").read_text()


def test_a_file_is_read_with_the_rights_of_the_user_in_whose_home_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = pwd.struct_passwd(("itpass", "x", 65533, 65533, "", str(tmp_path), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwall", lambda: [account])
    monkeypatch.setattr(os, "initgroups", lambda name, gid: os.setgroups([gid]))
    for path in (tmp_path, *(path for path in tmp_path.parents if path.name.startswith(("pytest-", "popen-")))):
        path.chmod(0o755)
    secret = tmp_path / "secret"
    secret.write_text("root:$6$hash")
    secret.chmod(0o600)
    (tmp_path / "plain").write_text("&itpadmin")
    (tmp_path / "plain").chmod(0o644)
    (tmp_path / "link").symlink_to("secret")
    (tmp_path / "link-to-plain").symlink_to("plain")
    os.mkfifo(tmp_path / "pipe")
    answers = {path.name: users_file.main({"path": str(path)}) for path in tmp_path.iterdir()}
    assert answers["plain"]["text"] == "&itpadmin"
    assert {name: found["kind"] for name, found in answers.items() if "text" not in found} == {
        "secret": "file",
        "link": "link",
        "link-to-plain": "link",
        "pipe": "pipe",
    }
    assert "hash" not in str(answers)
    assert users_file.main({"path": str(tmp_path / "no/such")})["kind"] == "missing"


OTHERS = "From a@b Thu Nov 25 12:00:00 2010\nMessage-ID: <old@b>\nSubject: keep me\n\n\xe9\n\n"


def _in_box(text: str) -> str:
    return f"From c@d Thu Nov 25 12:01:00 2010\n{text}\n"


@pytest.mark.parametrize("behind", [0, 1])
def test_ours_are_cut_off_the_end_of_a_users_mailbox_file_and_nothing_else_is_touched(
    tmp_path: Path, home: Path, behind: int
) -> None:
    box = tmp_path / "spool" / "ueno"
    box.parent.mkdir()
    kept = OTHERS + (_in_box(letter()) + OTHERS if behind else "")
    box.write_bytes((kept + _in_box(letter()) * 2).encode("latin-1"))
    answer = search(home, boxes=[f"{tmp_path}/spool/*"], remove=True)
    assert [message["owner"] for message in answer["messages"]] == ["ueno"] * (2 + behind)
    assert box.read_bytes() == kept.encode("latin-1")
    assert answer["removed"] == 2
    assert answer["stay"] == ([str(box)] if behind else [])


def test_a_users_mailbox_file_that_is_a_link_is_not_followed(tmp_path: Path, home: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "secret").write_text(OTHERS + _in_box(letter()))
    (tmp_path / "spool" / "ueno").symlink_to(tmp_path / "secret")
    assert search(home, boxes=[f"{tmp_path}/spool/*"], remove=True)["messages"] == []
    assert (tmp_path / "secret").read_text() == OTHERS + _in_box(letter())


def test_maildirs_outside_the_homes_are_looked_through_and_cleaned(home: Path, tmp_path: Path) -> None:
    box = tmp_path / "vmail/example.com/anna/Maildir/new"
    box.mkdir(parents=True)
    (box / "1").write_text(letter())
    (box / "2").write_text("Subject: private\n")
    (tmp_path / "vmail/example.com/otto").symlink_to(home / "asada")
    (home / "asada/Maildir/new/3").write_text(letter())
    pattern = f"{tmp_path}/vmail/example.com/*/Maildir/"
    answer = search(tmp_path / "vmail", boxes=[pattern], awaited=[["anna", "irekae-1-007"]], remove=True)
    assert answer["missing"] == []
    assert [message["path"] for message in answer["messages"]] == [f"{box}/1"]
    assert sorted(path.name for path in box.iterdir()) == ["2"]
    assert (home / "asada/Maildir/new/3").exists()
    assert search(tmp_path / "vmail", boxes=[f"{tmp_path}/none/*/Maildir/"])["messages"] == []

"""The scripts that run on hosts, against servers of loopback and folders of the test."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.verify.arrived import letter
from verify.connection import _LOADER, PYTHON, sent
from verify.far import ask, calls, homes, pop, smtp


class Talker:
    """A server that answers each connection by a script: what it says, given what it hears."""

    def __init__(self, greeting: bytes, answer: Callable[..., Any]) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.heard: list[str] = []
        self.greeting, self.answer = greeting, answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as words:
                line.sendall(self.greeting)
                for raw in words:
                    self.heard.append(raw.decode().strip())
                    if (said := self.answer(raw.decode().strip())) is not None:
                        line.sendall(said)


@pytest.fixture
def talk() -> Iterator[Callable[..., Talker]]:
    talkers: list[Talker] = []

    def begin(greeting: bytes, answer: Callable[..., Any]) -> Talker:
        talkers.append(Talker(greeting, answer))
        return talkers[-1]

    yield begin
    for talker in talkers:
        talker.listening.close()


def smtp_answers(refused: str) -> Callable[[str], bytes | None]:
    state = {"data": False}

    def answer(words: str) -> bytes | None:
        if state["data"]:
            state["data"] = words != "."
            return None if state["data"] else b"250 queued\r\n"
        if words.startswith("RCPT") and refused in words:
            return b"553-sorry,\r\n553 not here\r\n"
        state["data"] = words == "DATA"
        return b"354 go on\r\n" if state["data"] else b"250 fine\r\n"

    return answer


def test_an_smtp_conversation_is_written_down(talk: Callable[..., Any]) -> None:
    server = talk(b"220 ika ESMTP\r\n", smtp_answers("elsewhere"))
    letters = [
        {"id": "a", "from": "x@y", "to": "popcheck@epa", "data": "Subject: t\n\n.dot\nend"},
        {"id": "b", "from": "x@y", "to": "v@elsewhere", "data": "never sent"},
    ]
    request = {"server": "127.0.0.1", "port": server.port, "helo": "outside", "dialogues": letters}
    held = smtp.main(request)["dialogues"]
    assert held["a"]["codes"] == {
        "banner": 220,
        "helo": 250,
        "mail": 250,
        "rcpt": 250,
        "data": 354,
        "sent": 250,
        "quit": 250,
    }
    assert "..dot" in server.heard
    assert held["b"]["codes"]["rcpt"] == 553
    assert "data" not in held["b"]["codes"]
    assert "< 553 not here" in held["b"]["said"]
    assert "never sent" not in server.heard


def test_no_smtp_server_is_an_answer_too() -> None:
    request = {
        "server": "127.0.0.1",
        "port": 1,
        "helo": "x",
        "dialogues": [{"id": "a", "from": "", "to": "", "data": ""}],
    }
    held = smtp.main(request)["dialogues"]["a"]
    assert (held["connected"], held["codes"]) == (False, {})


class Mailbox:
    """A POP3 server's memory: messages by number, those marked as deleted gone at QUIT."""

    stamp = "<1.2@ika>"

    def __init__(self, messages: list[str], secret: str, names: bool = False) -> None:
        self.messages, self.secret, self.names = messages, secret, names
        self.marked: set[int] = set()
        self.fetched = 0

    def answer(self, words: str) -> bytes:
        command, _, rest = words.partition(" ")
        if command == "APOP":
            digest = hashlib.md5((self.stamp + self.secret).encode()).hexdigest()
            return b"+OK\r\n" if rest.split()[1] == digest else b"-ERR no\r\n"
        if command == "STAT":
            return b"+OK %d 1\r\n" % len(self.messages)
        if command == "UIDL":
            lines = "".join(f"{number} {hash(one):x}\r\n" for number, one in enumerate(self.messages, 1))
            return f"+OK\r\n{lines}.\r\n".encode() if self.names else b"-ERR\r\n"
        if command == "RETR":
            self.fetched += 1
            return b"+OK\r\n" + self.messages[int(rest) - 1].encode() + b"\r\n.\r\n"
        if command == "DELE":
            self.marked.add(int(rest) - 1)
        if command == "QUIT":
            self.messages = [one for number, one in enumerate(self.messages) if number not in self.marked]
            self.marked = set()
        return b"+OK\r\n"


def fetch(server: Talker, **more: Any) -> dict[str, Any]:
    request = {"server": "127.0.0.1", "port": server.port, "user": "popcheck", "password": "s3cret", "mark": "irekae-1"}
    return pop.main({**request, "tokens": ["irekae-1-a"], "deadline": 0, **more})


def test_only_our_messages_are_fetched_and_deleted(talk: Callable[..., Any]) -> None:
    ours = letter().replace("removed again.", "removed again.\n..dot").replace("\n", "\r\n") + "irekae-1-a"
    quoting = "Subject: Re: irekae-1-a\r\n\r\n> irekae-1-a: what is this?"
    box = Mailbox(["Subject: a friend's", quoting, ours], "s3cret")
    server = talk(f"+OK ready {Mailbox.stamp}\r\n".encode(), box.answer)
    answer = fetch(server, try_wrong=True)
    assert answer["seen"] == {"irekae-1-a": True}
    assert answer["wrong_refused"] is True
    assert ".dot" in answer["messages"][0].splitlines()
    assert box.messages == ["Subject: a friend's", quoting]
    assert "s3cret" not in json.dumps(answer)


def test_a_mailbox_of_others_is_looked_through_once(talk: Callable[..., Any]) -> None:
    """Each visit fetches what is new since the last one, as long as the server calls its messages by name."""
    others = [f"Subject: {number}" for number in range(300)]
    box = Mailbox(others.copy(), "s3cret", names=True)

    def arrives_at_the_third_visit(words: str) -> bytes:
        if words == "QUIT" and box.fetched == len(others):
            box.messages = [*box.messages, letter().replace("\n", "\r\n") + "irekae-1-a"]
        return box.answer(words)

    answer = fetch(talk(f"+OK ready {Mailbox.stamp}\r\n".encode(), arrives_at_the_third_visit), deadline=30)
    assert (answer["missing"], box.fetched, box.messages) == ([], len(others) + 1, others)


def test_what_does_not_come_is_missing_at_the_deadline(talk: Callable[..., Any]) -> None:
    server = talk(f"+OK ready {Mailbox.stamp}\r\n".encode(), Mailbox([], "s3cret").answer)
    answer = fetch(server)
    assert (answer["missing"], answer["in"], answer["problem"]) == (["irekae-1-a"], True, "")


def test_without_a_timestamp_there_is_no_apop(talk: Callable[..., Any]) -> None:
    server = talk(b"+OK ready\r\n", Mailbox([], "s3cret").answer)
    answer = fetch(server, try_wrong=True)
    assert (answer["timestamp"], answer["in"], answer["wrong_refused"]) == (False, False, None)
    assert "APOP is off" in answer["problem"]


def test_another_secret_is_not_let_in(talk: Callable[..., Any]) -> None:
    server = talk(f"+OK ready {Mailbox.stamp}\r\n".encode(), Mailbox([], "other").answer)
    assert fetch(server)["problem"] == "-ERR no"


def test_files_and_commands_are_read_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"caf\xe9\n")
    (tmp_path / "link").symlink_to("nowhere")
    request = {
        "commands": {
            "echo": {"argv": ["echo", "$HOME;x"]},
            "none": {"argv": ["/no/such"]},
            "cat": {"argv": ["cat"], "stdin": "in"},
        },
        "files": [str(tmp_path / "a"), str(tmp_path / "b")],
        "globs": [f"{tmp_path}/l*"],
        "folders": [str(tmp_path)],
    }
    answer = json.loads(json.dumps(ask.main(request)))
    assert answer["commands"]["echo"]["out"] == "$HOME;x\n"
    assert answer["commands"]["none"]["status"] == 127
    assert answer["commands"]["cat"]["out"] == "in"
    assert answer["files"][str(tmp_path / "a")]["text"].encode("utf-8", "surrogateescape") == b"caf\xe9\n"
    assert "No such file" in answer["files"][str(tmp_path / "b")]["error"]
    assert answer["folders"][str(tmp_path)]["entries"]["link"] == {
        **answer["folders"][str(tmp_path)]["entries"]["link"],
        "kind": "link",
        "leads": False,
    }
    assert answer["boot"] <= answer["clock"]
    assert any(mount["path"] == "/" for mount in answer["mounts"])


def test_calls_tell_refused_from_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asked = [{"address": "127.0.0.1", "port": port}, {"address": "127.0.0.1", "port": port, "source": "127.0.0.9"}]
        assert [one["answer"] for one in calls.main({"calls": asked})["calls"]] == ["connected", "connected"]
    assert calls.main({"calls": asked[:1]})["calls"][0]["answer"] == "refused"
    waited = calls.main({"calls": [{**asked[0], "until": "not connected", "deadline": 5}]})["calls"][0]
    assert waited == {"answer": "refused", "tries": 1}


def test_homes_tell_whose_they_are(tmp_path: Path) -> None:
    (tmp_path / "asada/Maildir/new").mkdir(parents=True)
    (tmp_path / "note").write_text("")
    (tmp_path / "out").symlink_to("/etc")
    found = homes.main(
        {"homes": str(tmp_path), "maildir": "Maildir", "boxes": [f"{tmp_path}/*/Maildir/"], "record": "/none"}
    )
    assert found["homes"]["asada"]["uid"] == os.getuid()
    assert found["homes"]["asada"]["maildir"]["/cur"] is None
    assert found["homes"]["asada"]["maildir"]["/new"]["kind"] == "folder"
    assert (found["homes"]["note"]["kind"], found["homes"]["out"]["kind"]) == ("file", "link")


def test_a_home_behind_root_s_link_or_deeper_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk/asada/Maildir/new").mkdir(parents=True)
    (tmp_path / "home/2010/kato").mkdir(parents=True)
    (tmp_path / "home/asada").symlink_to(tmp_path / "disk/asada")
    known = [pwd.struct_passwd((name, "x", 1, 1, "", f"{tmp_path}/home/{path}", "")) for name, path in
             (("asada", "asada/"), ("kato", "2010/kato"), ("gone", "2010/gone"), ("root", "../.."))]  # fmt: skip
    monkeypatch.setattr(pwd, "getpwall", lambda: known)
    found = homes.main({"homes": str(tmp_path / "home"), "maildir": "Maildir", "boxes": [], "record": "/none"})["homes"]
    assert {name: one["kind"] for name, one in found.items()} == dict.fromkeys(("2010", "2010/kato", "asada"), "folder")
    assert found["asada"]["maildir"]["/new"]["kind"] == "folder"


def test_a_script_and_its_request_go_through_standard_input() -> None:
    stdin = sent("ask", {"files": ["/etc/hostname"]})
    done = subprocess.run([sys.executable, "-I", "-c", _LOADER], input=stdin, capture_output=True, check=True)
    assert "/etc/hostname" in json.loads(done.stdout)["files"]


def test_what_lies_in_the_folder_where_it_starts_is_not_run(tmp_path: Path) -> None:
    for name in ("json", "os", "pwd", "mailbox", "sitecustomize", "usercustomize", "verify"):
        (tmp_path / f"{name}.py").write_text(f"open('{tmp_path}/run', 'w')")
    stdin = sent("maildirs", {"mark": "x", "homes": str(tmp_path), "maildir": "Maildir"})
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    argv = [sys.executable, *PYTHON[1:], _LOADER]
    done = subprocess.run(argv, input=stdin, capture_output=True, check=True, cwd=tmp_path, env=environment)
    assert json.loads(done.stdout)["messages"] == []
    assert not (tmp_path / "run").exists()

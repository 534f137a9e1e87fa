"""exim's queue: each message told, local mail taken out of it and put into one exactly once, whatever is cut off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from irekae.host.agent import exim_held, exim_queue
from irekae.host.agent.base import Refused
from tests.unit.host.agent.test_mail_queue import PowerCutError, cut_at
from tests.unit.subjects.mail.sites import AT, exim_files, exim_id

DOMAINS = ["itpass.x", "localhost"]
LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("locked", flush=True)
    sys.stdin.read()
"""
# As exim 4.98.2 of Debian 13 has left it, one recipient of three done.
REAL = b"""1xWjRA-0000000008M-06z0-H
root 0 0
<bob@far.example>
1795737816 0
-received_time_usec .026847
-received_time_complete 1795737816.060090
-ident root
-received_protocol local
-aclm 0 9
3
a\nb\nc@d
--aclc _x 2
ok
-body_linecount 1
-tls_resumption A
YN joe@example.org
NN kim@example.org
4
joe@example.org
ann@example.org
"x y"@far.example
list@example.org owner@example.org 17,-1#1

148P Received: from root by vm with local (Exim 4.98.2)
"""


class Queue:
    def __init__(self, top: Path) -> None:
        self.top = top
        for part in ("input", "msglog"):
            (top / part).mkdir(parents=True)

    def put(self, number: int, text: str, *recipients: str, have: tuple[str, ...] = (), folder: str = "input") -> Path:
        (self.top / folder).mkdir(exist_ok=True)
        for part, data in exim_files(number, text, "bob@far.x", *recipients, have=have).items():
            (self.top / folder / f"{exim_id(number)}-{part}").write_bytes(data)
        return self.top / folder / f"{exim_id(number)}-D"

    def to_come(self) -> list[tuple[str, list[str]]]:
        """Text and recipients to come of each message, those without any left out."""
        queue, found = exim_queue.EximQueue(str(self.top)), []
        for folder, name in queue.messages():
            head = (queue.read(f"{folder}/{name}-H") or b"").split(b"\n")[0]
            body = (queue.read(f"{folder}/{name}-D") or b"").decode().split("\n")
            assert (head.decode(), body[0]) == (f"{name}-H", f"{name}-D"), "both begin with their own name"
            people = [one.decode() for one in queue.to_come(f"{folder}/{name}")]
            found.append((body[1], people))
        return sorted(one for one in found if one[1])

    def deliver(self) -> None:
        for path in (self.top / "input").iterdir():
            if path.name.endswith(("-H", "-D", "-J")) and path.with_name(f"{path.name[:-2]}-H").exists():
                for part in (self.top / "input").glob(f"{path.name[:-2]}-?"):
                    part.unlink()


@pytest.fixture
def queue(tree: Path) -> Queue:
    return Queue(tree / "queue")


def test_a_head_is_read_as_exim_writes_it() -> None:
    head = exim_queue.exim_head(REAL)
    assert head is not None
    assert (head.sender, head.at) == (b"bob@far.example", 1795737816)
    assert head.recipients == [b"joe@example.org", b"ann@example.org", b'"x y"@far.example', b"list@example.org"]
    assert head.have == {b"joe@example.org", b"kim@example.org"}


@pytest.mark.parametrize("cut", range(0, len(REAL) - 60, 7))
def test_a_head_that_is_cut_off_is_none(cut: int) -> None:
    head = exim_queue.exim_head(REAL[:cut])
    assert head is None or len(head.recipients) == 4


def test_each_message_is_told_with_its_recipients_to_come(queue: Queue) -> None:
    queue.put(1, "hello", "asada@ITPASS.x", "ueno@itpass.x", "gaibu@far.x", have=("ueno@itpass.x",))
    queue.put(2, "split", "root@localhost", folder="input/k")
    found = {one["number"]: one for one in exim_queue.op_exim_queue(str(queue.top), DOMAINS) or []}
    first = found[exim_id(1)]
    assert (first["local"], first["remote"], first["new"], first["at"], first["busy"]) == (1, 1, 0, AT, False)
    assert first["id"] == f"{exim_id(1)}.{AT}"
    assert found[exim_id(2)]["local"] == 1


def test_a_folder_that_is_no_queue_is_told_from_an_empty_one(tree: Path, queue: Queue) -> None:
    assert exim_queue.op_exim_queue(str(queue.top), DOMAINS) == []
    assert exim_queue.op_exim_queue(str(tree), DOMAINS) is None


def test_a_message_that_exim_delivers_just_now_is_left_alone(queue: Queue, tree: Path) -> None:
    path = queue.put(1, "hello", "asada@itpass.x")
    argv = [sys.executable, "-c", LOCK, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        assert [one["busy"] for one in exim_queue.op_exim_queue(str(queue.top), DOMAINS) or []] == [True]
        with pytest.raises(Refused, match="exim runs"):
            exim_held.op_exim_hold(str(queue.top), str(tree / "held"), DOMAINS)
    assert queue.to_come() == [("hello", ["asada@itpass.x"])]


def test_local_mail_is_held_and_the_rest_stays(queue: Queue, tree: Path) -> None:
    queue.put(1, "hello", "asada@itpass.x", "gaibu@far.x")
    queue.put(2, "away", "gaibu@far.x")
    held = exim_held.op_exim_hold(str(queue.top), str(tree / "held"), DOMAINS)
    assert [(one["id"], one["recipients"]) for one in held] == [(f"{exim_id(1)}.{AT}", 1)]
    assert queue.to_come() == [("away", ["gaibu@far.x"]), ("hello", ["gaibu@far.x"])]
    other = Queue(tree / "other")
    exim_held.op_exim_place(str(tree / "held"), str(other.top))
    assert other.to_come() == [("hello", ["asada@itpass.x"])]


def test_a_message_comes_back_to_its_own_machine_beside_what_is_left_of_it(queue: Queue, tree: Path) -> None:
    queue.put(1, "hello", "asada@itpass.x", "gaibu@far.x")
    exim_held.op_exim_hold(str(queue.top), str(tree / "held"), DOMAINS)
    exim_held.op_exim_place(str(tree / "held"), str(queue.top))
    assert queue.to_come() == [("hello", ["asada@itpass.x"]), ("hello", ["gaibu@far.x"])]


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("step", range(26))
def test_a_message_is_queued_exactly_once_wherever_it_was_cut_off(
    queue: Queue, tree: Path, step: int, delivered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put(1, "hello", "a@itpass.x", "b@itpass.x")
    other, held = Queue(tree / "other"), str(tree / "held")
    with monkeypatch.context() as patch:
        cut_at(patch, step)
        try:
            exim_held.op_exim_hold(str(queue.top), held, DOMAINS)
            exim_held.op_exim_place(held, str(other.top))
        except PowerCutError:
            pass
    arrived = other.to_come() if delivered else []
    if delivered:
        other.deliver()
    exim_held.op_exim_hold(str(queue.top), held, DOMAINS)
    exim_held.op_exim_place(held, str(other.top))
    assert [*arrived, *other.to_come()] == [("hello", ["a@itpass.x", "b@itpass.x"])]
    assert queue.to_come() == []
    assert not list((other.top / "input").glob("irekae.*"))


def test_what_nobody_has_been_given_is_withdrawn_and_the_rest_is_told(queue: Queue, tree: Path) -> None:
    held = str(tree / "held")
    queue.put(1, "one", "a@itpass.x")
    queue.put(2, "two", "b@itpass.x")
    exim_held.op_exim_hold(str(queue.top), held, DOMAINS)
    other = Queue(tree / "other")
    first, second = exim_held.op_exim_place(held, str(other.top))
    (other.top / "input" / f"{first['placed']}-J").write_text("a@itpass.x\n")
    assert exim_held.op_exim_withdraw(held, str(other.top)) == [{"id": first["id"], "placed": first["placed"]}]
    assert other.to_come() == []
    exim_held.op_exim_place(held, str(queue.top), ids=[second["id"]])
    assert queue.to_come() == [("two", ["b@itpass.x"])]

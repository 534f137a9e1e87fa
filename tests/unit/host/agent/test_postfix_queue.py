"""postfix's queue: each message told, local mail taken out of it and put into one exactly once, whatever is cut off."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from irekae.host.agent import postfix_held, postfix_queue
from irekae.host.agent.base import Refused
from tests.unit.host.agent.test_mail_queue import PowerCutError, cut_at
from tests.unit.subjects.mail.sites import AT, queue_file, read_back, text_of

DOMAINS = ["itpass.x", "localhost"]


class Queue:
    def __init__(self, top: Path) -> None:
        self.top = top
        for part in ("incoming", "active", "deferred/A", "hold", "maildrop", "pid"):
            (top / part).mkdir(parents=True)

    def put(self, inner: str, text: str, *recipients: str, mode: int = 0o700, sender: str = "bob@far.x") -> Path:
        path = self.top / inner
        path.write_bytes(queue_file(text, sender, *recipients, size=not inner.startswith("maildrop")))
        path.chmod(mode)
        return path

    def to_come(self) -> list[tuple[str, list[str]]]:
        """Text and recipients to come of each message, those without any left out."""
        found = []
        for part in ("incoming", "active", "deferred/A", "hold", "maildrop"):
            for path in (self.top / part).iterdir():
                people = [value for kind, value in read_back(path.read_bytes()) if kind == "R"]
                found.append((text_of(path.read_bytes()), people))
        return sorted(one for one in found if one[1])


@pytest.fixture
def queue(tree: Path) -> Queue:
    return Queue(tree / "queue")


def test_each_message_is_told_with_its_recipients_to_come(queue: Queue) -> None:
    queue.put("deferred/A/A1", "hello", "asada@ITPASS.x", "gaibu@far.x", "root")
    queue.put("maildrop/B1", "late", "asada", "gaibu@far.x")
    queue.put("incoming/C1", "half written", "asada@itpass.x", mode=0o600)
    first, second = postfix_queue.op_postfix_queue(str(queue.top), DOMAINS) or []
    assert first == {"number": "A1", "id": f"A1.{AT}", "size": first["size"], "at": AT, "local": 2, "remote": 1,
                     "new": 0, "busy": False, "held": False}  # fmt: skip
    assert (second["number"], second["local"], second["remote"], second["new"]) == ("B1", 0, 0, 2)


def test_a_folder_that_is_no_queue_is_told_from_an_empty_one(tree: Path, queue: Queue) -> None:
    assert postfix_queue.op_postfix_queue(str(queue.top), DOMAINS) == []
    assert postfix_queue.op_postfix_queue(str(tree), DOMAINS) is None


@pytest.mark.parametrize("data", [b"", b"C", b"C\xff\xff\xff\xff\xff\x7f", b"T\x01x", b"R\x7fshort", b"\0" * 40])
def test_a_file_that_is_no_message_is_left_alone(queue: Queue, tree: Path, data: bytes) -> None:
    path = queue.top / "incoming/D1"
    path.write_bytes(data)
    path.chmod(0o700)
    assert postfix_queue.op_postfix_queue(str(queue.top), DOMAINS) == []
    assert postfix_held.op_postfix_hold(str(queue.top), str(tree / "held"), DOMAINS) == []
    assert path.read_bytes() == data


def test_pointers_that_go_round_end(queue: Queue) -> None:
    path = queue.top / "incoming/D2"
    path.write_bytes(b"T\x021 " + b"p\x014")
    path.chmod(0o700)
    assert postfix_queue.op_postfix_queue(str(queue.top), DOMAINS) == []


def test_a_queue_that_postfix_works_on_is_left_alone(queue: Queue, tree: Path) -> None:
    path = queue.put("incoming/A1", "hello", "asada@itpass.x")
    with (queue.top / "pid/master.pid").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="postfix runs"):
            postfix_held.op_postfix_hold(str(queue.top), str(tree / "held"), DOMAINS)
    assert ("R", "asada@itpass.x") in read_back(path.read_bytes())


def test_local_mail_is_held_and_the_rest_stays(queue: Queue, tree: Path) -> None:
    queue.put("deferred/A/A1", "hello", "asada@itpass.x", "gaibu@far.x")
    queue.put("maildrop/B1", "late", "asada", "gaibu@far.x")
    queue.put("maildrop/B2", "away", "gaibu@far.x")
    held = postfix_held.op_postfix_hold(str(queue.top), str(tree / "held"), DOMAINS)
    assert [(one["id"], one["recipients"]) for one in held] == [(f"A1.{AT}", 1), (f"B1.{AT}", 2)]
    assert queue.to_come() == [("away", ["gaibu@far.x"]), ("hello", ["gaibu@far.x"])]
    other = Queue(tree / "other")
    postfix_held.op_postfix_place(str(tree / "held"), str(other.top))
    assert other.to_come() == [("hello", ["asada@itpass.x"]), ("late", ["asada", "gaibu@far.x"])]
    [path] = (other.top / "incoming").iterdir()
    assert path.stat().st_mode & 0o777 == 0o700
    assert int(path.name[5:], 16) == path.stat().st_ino, "a message is called by its inode"
    assert [value for kind, value in read_back(path.read_bytes()) if kind == "S"] == ["bob@far.x"]
    assert len(list((other.top / "maildrop").iterdir())) == 1


def test_what_an_administrator_holds_stays_on_hold(queue: Queue, tree: Path) -> None:
    queue.put("hold/A1", "hello", "asada@itpass.x")
    postfix_held.op_postfix_hold(str(queue.top), str(tree / "held"), DOMAINS)
    other = Queue(tree / "other")
    postfix_held.op_postfix_place(str(tree / "held"), str(other.top))
    assert len(list((other.top / "hold").iterdir())) == 1


def test_long_names_end_in_the_inode_too() -> None:
    # postfix 3.10 itself: postsuper -s leaves a file of inode 2220258 by this name alone.
    assert postfix_held.postfix_name(2220258, 1795736919.5, long=False) == "7A12021E0E2"
    name = postfix_held.postfix_name(2220258, 1795736919.5, long=True)
    assert name[10] == "z"


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("step", range(0, 40, 1))
def test_a_message_is_queued_exactly_once_wherever_it_was_cut_off(
    queue: Queue, tree: Path, step: int, delivered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put("active/A1", "hello", "a@itpass.x", "b@itpass.x")
    queue.put("maildrop/B1", "late", "root")
    other, held = Queue(tree / "other"), str(tree / "held")
    with monkeypatch.context() as patch:
        cut_at(patch, step)
        try:
            postfix_held.op_postfix_hold(str(queue.top), held, DOMAINS)
            postfix_held.op_postfix_place(held, str(other.top))
        except PowerCutError:
            pass
    arrived = other.to_come() if delivered else []
    for part in ("incoming", "maildrop") if delivered else ():
        for path in (other.top / part).iterdir():
            path.unlink()
    postfix_held.op_postfix_hold(str(queue.top), held, DOMAINS)
    postfix_held.op_postfix_place(held, str(other.top))
    assert sorted([*arrived, *other.to_come()]) == [("hello", ["a@itpass.x", "b@itpass.x"]), ("late", ["root"])]
    assert queue.to_come() == []
    assert list((other.top / "pid").iterdir()) == []


def test_what_nobody_has_been_given_is_withdrawn_and_the_rest_is_told(queue: Queue, tree: Path) -> None:
    held = str(tree / "held")
    queue.put("incoming/A1", "one", "a@itpass.x")
    queue.put("incoming/A2", "two", "b@itpass.x")
    queue.put("incoming/A3", "three", "c@itpass.x")
    postfix_held.op_postfix_hold(str(queue.top), held, DOMAINS)
    other = Queue(tree / "other")
    first, second, third = postfix_held.op_postfix_place(held, str(other.top))
    (other.top / "incoming" / first["placed"]).unlink()  # delivered
    (other.top / "incoming" / third["placed"]).rename(other.top / "deferred/A" / third["placed"])  # tried in vain
    assert postfix_held.op_postfix_withdraw(held, str(other.top)) == [{"id": first["id"], "placed": first["placed"]}]
    assert other.to_come() == []
    postfix_held.op_postfix_place(held, str(queue.top), ids=[second["id"]])
    assert queue.to_come() == [("two", ["b@itpass.x"])]

"""qmail's queue: each message told, decided anew, held, and put into a queue exactly once whatever is cut off when."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.host.agent import held_mail, mail_queue, mail_rules
from irekae.host.agent.base import Refused
from irekae.host.agent.paths import Spot

SPLIT = 23
NOWHERE = "/nonexistent"  # no control files


class Queue:
    """A queue as qmail lays it out, and what a qmail-send would deliver from it."""

    def __init__(self, top: Path) -> None:
        self.top = top
        for part in ("mess", "info", "local", "remote"):
            for number in range(SPLIT):
                (top / part / str(number)).mkdir(parents=True)
        for part in ("todo", "intd", "pid", "bounce", "lock"):
            (top / part).mkdir()
        (top / "lock/sendmutex").touch()

    def put(self, text: str, local: str = "", remote: str = "") -> int:
        """A preprocessed message."""
        (self.top / "pid/new").write_text(text)
        number = (self.top / "pid/new").stat().st_ino
        (self.top / "pid/new").rename(self.place("mess", number))
        self.place("info", number).write_text("Fsender@x\0")
        for part, marked in (("local", local), ("remote", remote)):
            if marked:
                self.place(part, number).write_text("".join(f"{one}\0" for one in marked.split()))
        return number

    def place(self, part: str, number: int) -> Path:
        split = part in ("mess", "info", "local", "remote")
        return self.top / part / (str(number % SPLIT) if split else "") / str(number)

    def text(self, part: str, number: int) -> str:
        return self.place(part, number).read_text().replace("\0", " ").strip()

    def new(self) -> list[tuple[str, str]]:
        """Message and envelope of what waits in todo, by its links."""
        found = []
        for entry in sorted((self.top / "todo").iterdir()):
            number = int(entry.name)
            assert self.place("mess", number).stat().st_ino == number, "a message is called by its inode"
            found.append((self.place("mess", number).read_text(), entry.read_text().partition("F")[2]))
        return found


@pytest.fixture
def queue(tree: Path) -> Queue:
    return Queue(tree / "queue")


@pytest.fixture
def held(tree: Path) -> str:
    return str(tree / "held")


def control(tree: Path, *locals_: str, virtual: str = "") -> str:
    (tree / "control").mkdir(exist_ok=True)
    (tree / "control/locals").write_text("".join(f"{name}\n" for name in locals_))
    (tree / "control/virtualdomains").write_text(virtual)
    return str(tree / "control")


def test_each_message_is_told_with_its_recipients_to_come(queue: Queue) -> None:
    number = queue.put("hello", local="Ta@x Db@x", remote="Tc@y Td@y")
    [message] = mail_queue.op_mail_queue(str(queue.top)) or []
    assert {key: message[key] for key in ("number", "size", "local", "remote", "new")} == {
        "number": number, "size": 5, "local": 1, "remote": 2, "new": 0,
    }  # fmt: skip


def test_a_folder_that_is_no_queue_is_told_from_an_empty_one(tree: Path, queue: Queue) -> None:
    assert mail_queue.op_mail_queue(str(queue.top)) == []
    assert mail_queue.op_mail_queue(str(tree)) is None


def test_recipients_go_where_locals_wants_them_now(tree: Path, queue: Queue) -> None:
    number = queue.put("x", local="Ta@ours.x Tb@localhost", remote="Tc@MINE.x Dd@mine.x Te@far.x Tf@virtual.x")
    moved = mail_rules.op_mail_settle(str(queue.top), control(tree, "localhost", "mine.x", virtual="virtual.x:joe\n"))
    assert moved == [{"number": number, "remote": 1, "local": 1}]
    assert queue.text("local", number) == "Da@ours.x Tb@localhost Tc@MINE.x"
    assert queue.text("remote", number) == "Dc@MINE.x Dd@mine.x Te@far.x Tf@virtual.x Ta@ours.x"
    assert mail_rules.op_mail_settle(str(queue.top), str(tree / "control")) == []


def test_a_move_that_was_cut_off_between_its_steps_is_finished_not_doubled(tree: Path, queue: Queue) -> None:
    number = queue.put("x", local="Ta@ours.x", remote="Ta@ours.x")
    mail_rules.op_mail_settle(str(queue.top), control(tree, "localhost"))
    assert (queue.text("local", number), queue.text("remote", number)) == ("Da@ours.x", "Ta@ours.x")


@pytest.mark.parametrize("op", ["settle", "hold"])
def test_a_queue_that_qmail_send_works_on_is_left_alone(tree: Path, queue: Queue, held: str, op: str) -> None:
    number = queue.put("x", local="Ta@ours.x")
    settle = partial(mail_rules.op_mail_settle, str(queue.top), control(tree, "localhost"))
    act = {"settle": settle, "hold": partial(held_mail.op_mail_hold, str(queue.top), held, NOWHERE)}[op]
    with (queue.top / "lock/sendmutex").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="qmail-send runs"):
            act()
    assert queue.text("local", number) == "Ta@ours.x"


def test_local_mail_is_held_and_queued_anew_with_its_sender(queue: Queue, held: str) -> None:
    number = queue.put("hello\n", local="Ta@x Db@x", remote="Tc@y")
    [message] = held_mail.op_mail_hold(str(queue.top), held, NOWHERE)
    assert (message["recipients"], message["size"], message["placed"]) == (1, 6, None)
    assert (queue.text("local", number), queue.text("remote", number)) == ("Da@x Db@x", "Tc@y")
    [placed] = held_mail.op_mail_place(held, str(queue.top))
    assert held_mail.op_mail_place(held, str(queue.top)) == [placed]
    assert int(queue.place("mess", placed["placed"]).stat().st_mtime) == message["at"], "it is not tried for longer"
    assert queue.new() == [("hello\n", "sender@x\0Ta@x\0")]


def test_since_when_it_has_its_number_there_is_told(
    queue: Queue, held: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put("hello\n", local="Ta@x")
    [message] = held_mail.op_mail_hold(str(queue.top), held, NOWHERE)
    assert message["since"] == message["at"]
    now = message["at"] + 5000
    monkeypatch.setattr(held_mail, "time", SimpleNamespace(time=lambda: float(now)))
    [placed] = held_mail.op_mail_place(held, str(queue.top))
    assert (placed["since"], placed["at"]) == (now, message["at"])
    one = held_mail.held_in(held)[0]
    monkeypatch.setattr(held_mail, "time", SimpleNamespace(time=lambda: float(now + 5000)))
    one.note_number(placed["placed"], done=True)
    assert held_mail.op_mail_held(held) == [placed], "whoever goes on after a crash knows when it was"
    one.note("placed", number=placed["placed"], done=True)
    assert held_mail.op_mail_held(held) == [dict(placed, since=message["at"])], "as one of before has written it"


class PowerCutError(BaseException):
    pass


def cut_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """The power goes before the so many-th change to the file system."""
    left = [step]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCutError
            return call(*arguments, **named)

        return act

    for name in ("link", "rename", "unlink", "pwrite", "fsync"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    # A process that is killed tidies nothing up.
    monkeypatch.setattr(Spot, "unlink", counted(Spot.unlink))


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("step", range(40))
def test_a_message_is_queued_exactly_once_wherever_it_was_cut_off(
    queue: Queue, tree: Path, held: str, step: int, delivered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put("hello\n", local="Ta@x Tb@x")
    other = Queue(tree / "other")
    arrived: list[tuple[str, str]] = []
    with monkeypatch.context() as patch:
        cut_at(patch, step)
        try:
            held_mail.op_mail_hold(str(queue.top), held, NOWHERE)
            held_mail.op_mail_place(held, str(other.top))
        except PowerCutError:
            pass
    if delivered:  # qmail-send was started meanwhile, and is done with all that was new
        arrived = other.new()
        for entry in list((other.top / "todo").iterdir()):
            for part in ("todo", "intd", "mess"):
                other.place(part, int(entry.name)).unlink(missing_ok=True)
    held_mail.op_mail_hold(str(queue.top), held, NOWHERE)
    held_mail.op_mail_place(held, str(other.top))
    assert [*arrived, *other.new()] == [("hello\n", "sender@x\0Ta@x\0Tb@x\0")]


def test_what_nobody_has_looked_at_is_withdrawn_and_the_rest_is_told(queue: Queue, held: str) -> None:
    queue.put("one\n", local="Ta@x")
    queue.put("two\n", local="Tb@x")
    held_mail.op_mail_hold(str(queue.top), held, NOWHERE)
    first, second = held_mail.op_mail_place(held, str(queue.top))
    queue.place("todo", first["placed"]).unlink()  # qmail-send took it up
    assert held_mail.op_mail_withdraw(held, str(queue.top)) == [{"id": first["id"], "placed": first["placed"]}]
    assert queue.new() == []
    again = {one["id"]: one["placed"] for one in held_mail.op_mail_held(held)}
    assert again == {first["id"]: first["placed"], second["id"]: None}

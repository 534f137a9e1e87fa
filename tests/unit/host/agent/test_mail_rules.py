"""What is new in a queue is decided as qmail-send decides it, and held: once, whatever is cut off when."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from irekae.host.agent import held_mail, mail_queue
from irekae.host.agent.mail_rules import Rules
from tests.unit.host.agent.test_mail_queue import PowerCutError, Queue, cut_at

CONTROL = {
    "me": "ika.x\n",
    "locals": "# ours\nlocalhost\nITPASS.x\n\n",
    "virtualdomains": "virtual.x:joe\n.sub.x:ann\nbob@far.x:bob-far\nnot.sub.x:\n",
    "percenthack": "hack.x\n",
}


@pytest.fixture
def control(tree: Path) -> str:
    (tree / "control").mkdir()
    for name, text in CONTROL.items():
        (tree / "control" / name).write_text(text)
    return str(tree / "control")


@pytest.fixture
def queue(tree: Path) -> Queue:
    return Queue(tree / "queue")


def submit(queue: Queue, text: str, *recipients: str) -> int:
    """As qmail-queue leaves it."""
    number = queue.put(text)
    queue.place("info", number).unlink()
    envelope = "u1001\0p7\0Fsender@x\0" + "".join(f"T{one}\0" for one in recipients)
    queue.place("intd", number).write_text(envelope)
    queue.place("todo", number).hardlink_to(queue.place("intd", number))
    return number


@pytest.mark.parametrize(
    ("address", "part", "written"),
    [
        (b"a@itpass.x", "local", b"a@itpass.x"),
        (b"A@ITPASS.X", "local", b"A@ITPASS.X"),
        (b"a", "remote", b"a@ika.x"),
        (b"a@virtual.x", "local", b"joe-a@virtual.x"),
        (b"a@any.sub.x", "local", b"ann-a@any.sub.x"),
        (b"a@not.sub.x", "remote", b"a@not.sub.x"),
        (b"bob@far.x", "local", b"bob-far-bob@far.x"),
        (b"ann@far.x", "remote", b"ann@far.x"),
        (b"a%itpass.x@hack.x", "local", b"a@itpass.x"),
        (b'"a b"@far.x', "remote", b'"a b"@far.x'),
    ],
)
def test_a_recipient_is_put_where_qmail_send_puts_him(control: str, address: bytes, part: str, written: bytes) -> None:
    rules = Rules(control)
    assert rules.decide(address) == (part, written)
    if part == "local" and b"%" not in address:
        assert rules.undecided(written) == address, "queued anew, he is decided once more"


def test_what_was_submitted_while_qmail_rested_is_told_held_and_the_rest_stays(
    queue: Queue, tree: Path, control: str
) -> None:
    number = submit(queue, "hello\n", "a@itpass.x", "b@far.x", "c@virtual.x")
    [told] = mail_queue.op_mail_queue(str(queue.top)) or []
    [held] = held_mail.op_mail_hold(str(queue.top), str(tree / "held"), control)
    assert (told["new"], held["id"], held["recipients"]) == (3, told["id"], 2)
    assert queue.text("remote", number) == "Tb@far.x"
    assert queue.text("info", number) == "Fsender@x"
    assert not queue.new()
    other = Queue(tree / "other")
    held_mail.op_mail_place(str(tree / "held"), str(other.top))
    assert other.new() == [("hello\n", "sender@x\0Ta@itpass.x\0Tc@virtual.x\0")], "no prefix is added twice"


def test_only_the_named_ones_are_put_back(queue: Queue, tree: Path, control: str) -> None:
    for name in "ab":
        submit(queue, f"{name}\n", f"{name}@itpass.x")
    first, second = held_mail.op_mail_hold(str(queue.top), str(tree / "held"), control)
    held_mail.op_mail_place(str(tree / "held"), str(queue.top), [second["id"]])
    placed = {one["id"]: one["placed"] for one in held_mail.op_mail_held(str(tree / "held"))}
    assert placed[first["id"]] is None
    assert placed[second["id"]] is not None
    assert len(queue.new()) == 1


@pytest.mark.parametrize("step", range(48))
def test_nothing_new_is_lost_or_doubled_wherever_it_was_cut_off(
    queue: Queue, tree: Path, control: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submit(queue, "hello\n", "a@itpass.x", "b@far.x")
    with monkeypatch.context() as patch:
        cut_at(patch, step)
        with contextlib.suppress(PowerCutError):
            held_mail.op_mail_hold(str(queue.top), str(tree / "held"), control)
    [held] = held_mail.op_mail_hold(str(queue.top), str(tree / "held"), control)
    assert held["recipients"] == 1
    assert (queue.text("local", number), queue.text("remote", number)) == ("Da@itpass.x", "Tb@far.x")
    assert [queue.place(part, number).exists() for part in ("todo", "intd")] == [False, False]

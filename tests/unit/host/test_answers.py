"""How long an answer may take: as long as the work that is asked for, and no longer than can be waited for."""

from __future__ import annotations

import ast
import socket
import threading
import time
from pathlib import Path
from typing import Any

from irekae.host import agent
from irekae.host.answers import ANSWER, OWN, WALKING, WALKS, within
from irekae.host.conversation import Conversation


class Line:
    """A channel over a pair of sockets."""

    closed = eof_received = False

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def fileno(self) -> int:
        return self._end.fileno()

    def recv_ready(self) -> bool:
        try:
            return bool(self._end.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False

    def recv_stderr_ready(self) -> bool:
        return False

    def recv(self, size: int) -> bytes:
        return self._end.recv(size)

    def recv_stderr(self, _: int) -> bytes:
        return b""

    def send(self, data: bytes) -> int:
        return self._end.send(data)

    def settimeout(self, seconds: float | None) -> None:
        self._end.settimeout(seconds)


def asked(*ops: dict[str, Any]) -> float:
    return within("all", {"requests": list(ops)})


def test_many_small_things_that_walk_have_the_time_of_one_large_tree() -> None:
    assert asked(*[{"op": "remove", "path": f"/x/{n}"} for n in range(20_000)]) == WALKING
    assert asked({"op": "remove"}, {"op": "read"}, {"op": "read"}) == WALKING + 2 * ANSWER


def test_commands_with_a_time_of_their_own_have_all_of_it_one_after_the_other() -> None:
    assert asked({"op": "run", "timeout": 600}, {"op": "run", "timeout": 900}) == 600 + 900 + 2 * 60


def test_an_answer_is_heard_however_late_it_may_come() -> None:
    here, there = socket.socketpair()
    with here, there:
        talk = Conversation(Line(here), b"mark:")
        answer = threading.Thread(target=there.sendall, args=(b"noise\nmark:yes\n",))
        answer.start()
        assert talk.answer(time.monotonic() + 1e9) == b"yes"
        answer.join()


# What goes through a whole tree, or all mailboxes.
GO_THROUGH = {"walk", "places"}


def calls() -> dict[str, set[str]]:
    """What each function and class of the agent's calls by name: its modules have one name space."""
    found = {}
    for module in agent.MODULES:
        for node in ast.parse((Path(agent.__file__).parent / f"{module}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inner = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
                found[node.name] = {one.id for one in inner if isinstance(one, ast.Name)}
    return found


def goes_through(name: str, known: dict[str, set[str]]) -> bool:
    met, waiting = {name}, [name]
    while waiting:
        called = known.get(waiting.pop(), set()) - met
        met |= called
        waiting += called
    return bool(met & GO_THROUGH)


def test_every_operation_that_goes_through_a_tree_or_all_mailboxes_has_the_time_of_a_large_one() -> None:
    known = calls()
    assert known.keys() >= GO_THROUGH
    walking = {name[3:] for name in known if name.startswith("op_") and goes_through(name, known)}
    assert {"survey", "digests", "mailboxes", "mail_lacks"} <= walking
    assert walking - WALKS - OWN.keys() == set()


def test_no_operation_is_given_a_time_that_the_agent_does_not_have() -> None:
    assert {name[3:] for name in calls() if name.startswith("op_")} >= WALKS | OWN.keys()

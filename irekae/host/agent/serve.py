"""Answers requests, one JSON object a line, until the seat goes away; no failure of one keeps it from the next."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
from typing import IO, Any, Iterator

from irekae.host.agent.base import MEMORY, OPERATIONS, Answer, Refused, operation
from irekae.host.agent.words import ANSWER

TAKEN = 600  # seconds in which the seat must have taken an answer, however long it is


def answer_to(line: bytes) -> Answer:
    """What is answered to a request that came as a line of JSON."""
    try:
        request = json.loads(line)
    except Exception as error:
        return {"error": bug(error), "kind": "bug"}
    return answer_of(request)


def answer_of(request: Any) -> Answer:
    """{"ok": …} of an operation, or {"error": …, "kind": …}: an errno name, a word of ours, or "bug"."""
    try:
        MEMORY.folder = request.pop("state", MEMORY.folder)
        MEMORY.mark, MEMORY.silence = request.pop("mark", MEMORY.mark), request.pop("silence", MEMORY.silence)
        return {"ok": OPERATIONS[request.pop("op")](**request)}
    except Refused as error:
        return {"error": str(error), "kind": error.kind}
    except OSError as error:
        return {"error": said_by(error), "kind": errno.errorcode.get(error.errno or 0, "os")}
    except Exception as error:
        return {"error": bug(error), "kind": "bug"}


@operation
def op_all(requests: list[Answer]) -> list[Answer]:
    """Several operations, one after the other, in one round trip: the answer of each.

    Behind one that fails none is carried out: it may have been what they build on.
    """
    answers: list[Answer] = []
    for request in requests:
        answers.append(answer_of(request))
        if "error" in answers[-1]:
            break
    return answers


def said_by(error: OSError) -> str:
    """What the system said, with the path: "/etc/hosts: No space left on device"."""
    where = error.filename
    if isinstance(where, bytes):
        where = where.decode("utf-8", "backslashreplace")
    return f"{where}: {error.strerror}" if where and error.strerror else str(error)


def bug(error: BaseException) -> str:
    """Where an error of ours happened. Never its message: that may quote what is in a file."""
    import traceback  # seldom needed, and slow to import

    frames = traceback.extract_tb(error.__traceback__)
    way = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} in the agent ({way})"


def encoded_answer(answer: Answer) -> bytes:
    """An answer as a line behind our mark; one that is no JSON is a bug too."""
    try:
        line = json.dumps(answer)
    except (TypeError, ValueError, RecursionError) as error:
        line = json.dumps({"error": bug(error), "kind": "bug"})
    if len(line) + len(MEMORY.mark) > ANSWER:  # the seat would give the connection up
        said = f"the answer has {len(line) >> 20} MiB, more than the {ANSWER >> 20} that one may have"
        line = json.dumps({"error": said, "kind": "size"})
    return MEMORY.mark.encode() + line.encode() + b"\n"


class SeatIsDead(Exception):
    """Nothing has come from the seat for longer than it promised to be silent, or it takes no answer."""


def is_dead(*_: object) -> None:
    """SIGALRM's handler."""
    raise SeatIsDead()


@contextlib.contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise SeatIsDead when what is done inside takes longer; 0: however long it takes."""
    if seconds:
        signal.signal(signal.SIGALRM, is_dead)
        signal.alarm(seconds)
    try:
        yield
    finally:
        if seconds:
            signal.alarm(0)


def heard(requests: IO[bytes]) -> bytes:
    """The next line, b"" at the end. A seat that lives says at least an empty one now and then.

    Raises:
        SeatIsDead: it does not; sshd itself notices a dead network only after a quarter of an hour.
    """
    with patience(MEMORY.silence):
        return requests.readline()


def serve(requests: IO[bytes] | None = None, answers: IO[bytes] | None = None) -> None:
    """Answer until the requests end, or nobody reads the answers any more. The operation at hand is always finished."""
    requests, answers = requests or sys.stdin.buffer, answers or sys.stdout.buffer
    try:
        while True:
            line = heard(requests)
            if not line:
                return
            if line.strip():
                tell(answers, encoded_answer(answer_to(line)))
    except (BrokenPipeError, SeatIsDead):
        # Nobody is left to be told; the interpreter would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())


def tell(answers: IO[bytes], line: bytes) -> None:
    """Write an answer.

    Raises:
        SeatIsDead: it takes none.
    """
    with patience(TAKEN if MEMORY.silence else 0):
        answers.write(line)
        answers.flush()


def main() -> None:
    """Serve standard input. A hang-up is no reason to stop half-way: the end of the input is."""
    os.umask(0o077)
    # A handler, not SIG_IGN: what we start must not inherit it.
    signal.signal(signal.SIGHUP, lambda *_: None)
    serve()

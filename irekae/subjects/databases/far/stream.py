"""The stream from production to the standby: parts in frames, so that an end in the middle is never taken for the end.

A frame is a letter, a length of 4 bytes, and so many bytes: H begins a part (its name), D is data, E ends the part, A
are accounts (JSON), Z ends it all.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from typing import IO, Any, Mapping

from irekae.subjects.databases.far.base import Answer, Failed, environment
from irekae.subjects.databases.far.engine import Engine, statements_of
from irekae.subjects.databases.far.engines import engine_of
from irekae.subjects.databases.far.keeping import alone, exactly, read_json, started, widened, written

PIECE = 1 << 16  # bytes of a frame of data
TELLING = 0.5  # seconds between two words on the progress


def frame(pipe: IO[bytes], letter: bytes, data: bytes = b"") -> None:
    """Write a frame."""
    pipe.write(letter + len(data).to_bytes(4, "big") + data)


def read_frame(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """The next frame."""
    head = exactly(pipe, 5)
    return head[:1], exactly(pipe, int.from_bytes(head[1:], "big"))


class Progress:
    """How much has been sent, in a file for whoever asks."""

    def __init__(self, path: str) -> None:
        self.path, self.sent, self.told = path, 0, 0.0

    def add(self, count: int) -> None:
        """So many bytes more."""
        self.sent += count
        if time.monotonic() > self.told + TELLING:
            self.told = time.monotonic()
            written(self.path, {"sent": self.sent})


def send(path: str) -> int:
    """Production's end: dump what the job says and push it through ssh; how it ended lies beside the job."""
    job = read_json(path)
    try:
        _send(job)
        found: Answer = {"ok": True, "said": ""}
    except Failed as failed:
        found = {"ok": False, "said": str(failed)}
    except Exception as error:
        found = {"ok": False, "said": f"a bug in irekae: {type(error).__name__}"}
    written(job["status"], found)
    return 0


def _send(job: Mapping[str, Any]) -> None:
    engine = engine_of(job["server"])
    ssh = subprocess.Popen(job["ssh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment({}), cwd="/")
    assert ssh.stdin
    assert ssh.stdout
    try:
        with contextlib.suppress(BrokenPipeError):  # the standby's end says why
            _push(engine, job, ssh.stdin)
    except BaseException:
        ssh.kill()
        raise
    finally:
        with contextlib.suppress(BrokenPipeError):
            ssh.stdin.close()
    said = ssh.stdout.read().decode("utf-8", "replace").strip()
    status = ssh.wait()
    if status or said != "done":
        raise Failed("on the standby: {}".format(said or f"ssh ended with status {status}"))


def _push(engine: Engine, job: Mapping[str, Any], pipe: IO[bytes]) -> None:
    progress = Progress(job["progress"])

    def accounts() -> None:
        if job["accounts"]:
            frame(pipe, b"A", json.dumps(engine.accounts()).encode())

    if engine.accounts_first:
        accounts()
    for member, command in engine.members(job["names"], False):
        frame(pipe, b"H", member.encode())
        with started(command, subprocess.DEVNULL, subprocess.PIPE) as dump:
            assert dump.stdout
            while True:
                data = dump.stdout.read(PIECE)
                if not data:
                    break
                frame(pipe, b"D", data)
                progress.add(len(data))
        frame(pipe, b"E")
    if not engine.accounts_first:
        accounts()
    frame(pipe, b"Z")
    pipe.flush()


def receive(path: str) -> int:
    """The standby's end, a forced command: what comes is restored as the seat's job says, whatever ssh was asked."""
    try:
        job = read_json(path)
        engine, folder = engine_of(job["server"]), os.path.dirname(path)
        with alone(folder), widened(engine, folder):
            _receive(engine, job, sys.stdin.buffer)
        print("done", flush=True)
        return 0
    except Failed as failed:
        print(failed, flush=True)
    except FileNotFoundError:
        print("nobody expects a copy of databases just now", flush=True)
    return 1


def _receive(engine: Engine, job: Mapping[str, Any], pipe: IO[bytes]) -> None:
    engine.drop(job["names"])
    while True:
        letter, data = read_frame(pipe)
        if letter == b"Z":
            return
        if letter == b"A" and job["accounts"]:
            engine.give(statements_of(json.loads(data)), ())
        elif letter == b"H":
            _restore(engine, data.decode(), pipe)
        else:
            raise Failed("the stream is not what this end understands")


def _restore(engine: Engine, member: str, pipe: IO[bytes]) -> None:
    with started(engine.restoring(member, False), subprocess.PIPE, subprocess.DEVNULL) as tool_:
        into: IO[bytes] | None = tool_.stdin
        assert into
        with contextlib.suppress(BrokenPipeError):  # its exit status, and what it said, tell why
            while True:
                letter, data = read_frame(pipe)
                if letter == b"E":
                    break
                into.write(data)
        with contextlib.suppress(BrokenPipeError):
            into.close()

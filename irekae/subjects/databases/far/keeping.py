"""What a server had of its own before the copy: kept in a folder that is root's alone, and put back from there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
from typing import IO, Any, Iterator, Mapping, Sequence

from irekae.subjects.databases.far.base import Answer, Command, Failed, environment, told, tool
from irekae.subjects.databases.far.engine import Engine, statements_of

CONTENTS = "contents.json"
LONGEST_STATEMENT = 1 << 30  # bytes of a statement: no server takes more
PATIENCE = 60.0  # seconds for another one who is at work on the same host


@contextlib.contextmanager
def alone(folder: str) -> Iterator[None]:
    """Nobody else of us changes databases on this host meanwhile.

    Raises:
        Failed: somebody does, for longer than PATIENCE.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    fd, deadline = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), time.monotonic()
    try:
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline + PATIENCE:
                    raise Failed("another copy is still at work on the databases of this host") from None
                time.sleep(0.1)
        yield
    finally:
        os.close(fd)


@contextlib.contextmanager
def widened(engine: Engine, folder: str) -> Iterator[None]:
    """Whatever was dumped can be restored meanwhile: a BLOB has twice its bytes in a dump, more than what a server may
    take for a statement. Where one was killed in between, the next one gives back what it was.
    """
    note = os.path.join(folder, "packet{}.json".format(engine.socket.replace("/", "+")))
    before = int(read_json(note)["packet"]) if os.path.exists(note) else engine.packet()
    if not 0 < before < LONGEST_STATEMENT:
        yield
        return
    written(note, {"packet": before})
    try:
        engine.packet(LONGEST_STATEMENT)
        yield
    finally:
        engine.packet(before)
        os.unlink(note)


@contextlib.contextmanager
def started(command: Command, stdin: Any, out: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A tool at work; it is ended with the block, and must then have ended well.

    Raises:
        Failed: it has not.
    """
    argv, extra = command
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(argv, stdin=stdin, stdout=out, stderr=errors, env=environment(extra), cwd="/")
        except OSError as error:
            raise Failed(f"{tool(argv)}: {error.strerror}") from None
        try:
            yield process
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            errors.seek(0)
            said = told(errors.read()) or f"exit status {process.returncode}"
            raise Failed(f"{tool(argv)}: {said}")


def finished(command: Command, stdin: Any, out: Any) -> None:
    """Run a tool to its good end."""
    with started(command, stdin, out):
        pass


def keep(engine: Engine, names: Sequence[str], folder: str) -> None:
    """Keep these databases, as far as they are there, and every account; all of it, or no folder of that name."""
    new = folder + ".new"
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new, mode=0o700)
    there = engine.databases()
    members = []
    for number, (member, command) in enumerate(engine.members([name for name in names if name in there], True)):
        with open(os.path.join(new, f"{number}.dump"), "wb") as file:
            finished(command, subprocess.DEVNULL, file)
            os.fsync(file.fileno())
        members.append(member)
    with open(os.path.join(new, CONTENTS), "w", encoding="utf-8") as text:
        json.dump({"members": members, "accounts": engine.accounts()}, text)
        text.flush()
        os.fsync(text.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(new, folder)


def put_back(engine: Engine, names: Sequence[str], folder: str, accounts: Sequence[str] | None) -> None:
    """Make these databases, and these accounts unless None, what was kept; the second time it comes to the same."""
    with open(os.path.join(folder, CONTENTS), encoding="utf-8") as text:
        kept: Mapping[str, Any] = json.load(text)
    held = statements_of(kept["accounts"])

    def give() -> None:
        if accounts is not None:
            ours = {name: held[name] for name in accounts if name in held}
            engine.give(ours, [name for name in accounts if name not in held])

    engine.drop(names)
    if engine.accounts_first:
        give()
    for number, member in enumerate(kept["members"]):
        with open(os.path.join(folder, f"{number}.dump"), "rb") as file:
            finished(engine.restoring(member, True), file, subprocess.DEVNULL)
    if not engine.accounts_first:
        give()


def written(path: str, what: Answer) -> None:
    """Put a small file in place in one step."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(what, file)
    os.rename(path + ".new", path)


def read_json(path: str) -> Answer:
    """A small file of ours."""
    with open(path, encoding="utf-8") as file:
        found: Answer = json.load(file)
    return found


def exactly(pipe: IO[bytes], count: int) -> bytes:
    """So many bytes of a pipe.

    Raises:
        Failed: it ends before.
    """
    data = pipe.read(count)
    if len(data) < count:
        raise Failed("the other host's end of the copy went away")
    return data

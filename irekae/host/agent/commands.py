"""Commands on the host, as argument lists; no shell is involved."""

from __future__ import annotations

import base64
import contextlib
import os
import select
import selectors
import signal
import subprocess
import time
from typing import IO, Any, Iterator, Mapping, Sequence

from irekae.host.agent.base import MEMORY, Answer, Refused, operation, raw
from irekae.host.agent.paths import Spot
from irekae.host.agent.processes import LOOK, op_known

PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
# Where the output of an init script is kept while it runs: in memory first, for the disk may be full.
SCRATCH = ("/run", "/dev/shm", "/var/tmp", "/tmp")
# The shell writes down the boot and its own line of proc(5)'s stat, and becomes the command: still the same process.
NOTED = (
    """{ cat /proc/sys/kernel/random/boot_id && cat "/proc/$$/stat"; } > "$0.new" && mv "$0.new" "$0" && exec "$@\""""
)
OUTPUT = 64 << 20  # bytes that a command may say
SPAWNED: list[subprocess.Popen[bytes]] = []  # they outlive us, so nobody waits for them


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """A plain environment: the C locale, so that messages can be recognised."""
    return dict(PLAIN, **(extra or {}))


def words(argv: Sequence[str]) -> list[bytes]:
    """An argument list as bytes.

    Raises:
        Refused: it is empty, or a word holds a NUL, which no command can be given.
    """
    if not argv or any("\0" in word for word in argv):
        raise Refused("argument", f"{list(argv)!r} is no command")
    return [raw(word) for word in argv]


def start(argv: Sequence[str], stdin: Any, out: Any, err: Any, **more: Any) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, away from our terminal's signals."""
    more.setdefault("env", environment())
    more.setdefault("cwd", "/")
    return subprocess.Popen(words(argv), stdin=stdin, stdout=out, stderr=err, start_new_session=True, **more)


def kill_group(process: subprocess.Popen[bytes], argv: Sequence[str], timeout: float) -> Refused:
    """End a command that took too long, with what it started; the refusal that says so."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return Refused("timeout", "{} did not end within {} s".format(" ".join(argv), timeout))


@operation
def op_run(
    argv: Sequence[str],
    stdin: str | None = None,
    timeout: float = 600,
    env: Mapping[str, str] | None = None,
    cwd: str = "/",
    into: str | None = None,
) -> Answer:
    """Run a command and wait for it.

    Args:
        argv: the command and its arguments.
        stdin: what it reads, base64.
        timeout: seconds, then it is killed.
        env: added to a plain environment.
        cwd: where it runs.
        into: the file, begun anew, that its output goes to, however much that is; None: the answer tells it.
    """
    with taken_by(into) as taken, start(
        argv, subprocess.PIPE, subprocess.PIPE, subprocess.PIPE, env=environment(env), cwd=raw(cwd)
    ) as process:
        try:
            out, err = heard_from(process, base64.b64decode(stdin or ""), time.monotonic() + timeout, taken)
        except subprocess.TimeoutExpired:
            raise kill_group(process, argv, timeout) from None
        except OSError:
            kill_group(process, argv, timeout)
            raise
        except TooMuch:
            kill_group(process, argv, timeout)
            raise Refused("output", "{} says more than {} MiB".format(" ".join(argv), OUTPUT >> 20)) from None
    return {
        "status": process.returncode,
        "out": base64.b64encode(out).decode(),
        "err": base64.b64encode(err).decode(),
    }


@contextlib.contextmanager
def taken_by(path: str | None) -> Iterator[IO[bytes] | None]:
    """A file of that path, begun anew, for the output of a command: we write it ourselves, for many a command (rsync)
    does not mind that its output found no room."""
    if path is None:
        yield None
        return
    with Spot(path, make=0o700 if MEMORY.holds(path) else None) as spot:
        spot.unlink()
        fd = spot.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(fd, "wb") as file:
            yield file
            file.flush()
            os.fsync(fd)
    except OSError as error:
        error.filename = error.filename or path
        raise


class TooMuch(Exception):
    """A command says more than anybody wants to read."""


def heard_from(
    process: subprocess.Popen[bytes], given: bytes, deadline: float, into: IO[bytes] | None = None
) -> tuple[bytes, bytes]:
    """Give a command what it reads, and return its output and its errors when both have ended; into: takes its output.

    Raises:
        subprocess.TimeoutExpired: it has not ended by the deadline (of the monotonic clock).
        TooMuch: it says more than OUTPUT bytes.
    """
    assert process.stdin
    assert process.stdout
    assert process.stderr
    rest, said = memoryview(given), {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as waiting:
        for pipe in said:
            waiting.register(pipe, selectors.EVENT_READ, pipe)
        waiting.register(process.stdin, selectors.EVENT_WRITE, process.stdin)
        os.set_blocking(process.stdin.fileno(), False)
        while waiting.get_map():
            left = deadline - time.monotonic()
            if left < 0:
                raise subprocess.TimeoutExpired(process.args, left)
            for key, _ in waiting.select(left):
                if key.data is process.stdin:
                    rest = rest[written(process.stdin, rest) :]
                    open_still = bool(rest)
                else:
                    open_still = has_more(key.data, said)
                    if into and said[process.stdout]:
                        into.write(said[process.stdout])
                        said[process.stdout].clear()
                if not open_still:
                    waiting.unregister(key.data)
                    key.data.close()
    process.wait(max(deadline - time.monotonic(), 0))
    return bytes(said[process.stdout]), bytes(said[process.stderr])


def written(pipe: IO[bytes], rest: memoryview) -> int:
    """How much of the rest a command takes just now; all of it when it reads no more."""
    try:
        return os.write(pipe.fileno(), rest[: select.PIPE_BUF])
    except BrokenPipeError:
        return len(rest)


def has_more(pipe: IO[bytes], said: dict[IO[bytes], bytearray]) -> bool:
    """Take what has come; False at the end."""
    data = os.read(pipe.fileno(), 1 << 16)
    said[pipe] += data
    if sum(map(len, said.values())) > OUTPUT:
        raise TooMuch()
    return bool(data)


@operation
def op_daemon_run(argv: Sequence[str], timeout: float = 60) -> Answer:
    """Run a command that leaves a daemon behind (an init script); timeout in seconds.

    Its output goes to a file, not to a pipe, which the daemon would keep open, and die of when it is closed.
    """
    with scratch() as output:
        # A daemon hands its umask on, sshd to whoever logs in: not ours.
        process = start(
            argv, subprocess.DEVNULL, output, subprocess.STDOUT, preexec_fn=lambda: os.umask(0o022) and None
        )
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise kill_group(process, argv, timeout) from None
        output.seek(0)
        return {"status": status, "out": base64.b64encode(output.read(OUTPUT)).decode(), "err": ""}


def scratch() -> IO[bytes]:
    """A file without a name, where there is room for one."""
    import tempfile

    for folder in SCRATCH[:-1]:
        try:
            return tempfile.TemporaryFile(dir=folder)
        except OSError:
            continue
    return tempfile.TemporaryFile(dir=SCRATCH[-1])


@operation
def op_spawn(argv: Sequence[str], log: str, known: str | None = None) -> int:
    """Start a command that outlives this connection; its process id.

    Args:
        argv: the command and its arguments.
        log: the file that its output goes to.
        known: where it writes down, before it does anything, which process it is: see `known`.
    """
    if known is not None:
        argv = ["/bin/sh", "-c", NOTED, known, *argv]
    with Spot(log, make=0o700 if MEMORY.holds(log) else None) as spot:
        output = spot.open(os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        SPAWNED.append(start(argv, subprocess.DEVNULL, output, subprocess.STDOUT))
    finally:
        os.close(output)
    process = SPAWNED[-1]
    while known is not None and process.poll() is None:
        found = op_known(known)
        if found is not None and found["pid"] == process.pid:
            break
        time.sleep(LOOK)
    return process.pid

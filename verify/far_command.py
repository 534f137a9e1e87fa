"""A command on a host through ssh: what it says is bounded, it ends in time, and its sudo alone is told a password."""

from __future__ import annotations

import os
import secrets
import selectors
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

OUTPUT = 64 << 20  # bytes that a command may say
CHUNK = 1 << 16


EACH = 0.5  # seconds more for each thing that is asked for: the work of a large site takes longer


def grown(seconds: float, things: int) -> float:
    """A deadline that grows with the work; seconds: what it is for a few things."""
    return seconds + EACH * things


@dataclass(frozen=True)
class Done:
    """How a command on a host ended.

    Attributes:
        begun: whether it came to run at all; sudo, where it stands before it, may not let it.
    """

    status: int
    out: bytes
    err: bytes
    begun: bool = True


class TooLate(Exception):
    """It has not ended in time."""


class TooMuch(Exception):
    """It says more than anybody wants to read."""


class Refused(Exception):
    """sudo does not take the password."""


@dataclass
class Sudo:
    """A sudo that may ask for a password: it is given to nothing but its own prompt.

    Attributes:
        user: whose rights are asked for.
        password: what it may be told; "": it is not to ask.
    """

    user: str
    password: str = field(repr=False)
    _prompt: str = field(default_factory=lambda: f"irekae-{secrets.token_hex(8)}")
    _ready: str = field(default_factory=lambda: f"irekae-{secrets.token_hex(8)}")

    def words(self, command: Sequence[str]) -> list[str]:
        """The command under sudo. It says when it begins to run, so that its input comes no sooner."""
        # sudo makes % of %%, and printf too: what echoes this line shows neither of the two words.
        begin = f'printf "{self._ready}%%\\n" >&2; exec "$@"'
        asking = ["-k", "-S", "-p", f"{self._prompt}%%:"] if self.password else ["-n"]
        return ["sudo", *asking, "-H", "-u", self.user, "--", "/bin/sh", "-c", begin, "sh", *command]

    @property
    def prompt(self) -> bytes:
        """What sudo asks with."""
        return f"{self._prompt}%:".encode()

    @property
    def ready(self) -> bytes:
        """What the command says before it runs."""
        return f"{self._ready}%\n".encode()


class Running:
    """A process at the seat that carries a command, from its start to its end.

    Args:
        process: with pipes for all three streams.
        stdin: what the command reads.
        sudo: the sudo that it runs under, if that asks for a password.
    """

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, sudo: Sudo | None) -> None:
        """Nothing is said yet."""
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self.process, self.input, self.output, self.errors = process, process.stdin, process.stdout, process.stderr
        self._stdin, self._sudo = stdin, sudo
        self._said = {self.output: bytearray(), self.errors: bytearray()}
        self._asked = self._offered = False
        self._rest = memoryview(b"" if sudo else stdin)
        self._closes = sudo is None

    def end(self, timeout: float) -> Done:
        """Listen until it has ended.

        Raises:
            TooLate, TooMuch, Refused: as they say; the process is killed.
        """
        with self.process:
            try:
                self._listen(time.monotonic() + timeout)
            except BaseException:
                self.process.kill()
                raise
        out, err = bytes(self._said[self.output]), bytes(self._said[self.errors])
        return Done(self.process.returncode, out, err, begun=self._sudo is None)

    def _listen(self, deadline: float) -> None:
        os.set_blocking(self.input.fileno(), False)
        with selectors.DefaultSelector() as waiting:
            for pipe in self._said:
                waiting.register(pipe, selectors.EVENT_READ, pipe)
            speaking = set(self._said)
            while speaking:
                self._offer(waiting)
                left = deadline - time.monotonic()
                if left < 0:
                    raise TooLate
                for key, _ in waiting.select(left):
                    if key.data is self.input:
                        self._write()
                    elif not self._read(key.data):
                        waiting.unregister(key.data)
                        speaking.discard(key.data)
            try:
                self.process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                raise TooLate from None

    def _offer(self, waiting: selectors.BaseSelector) -> None:
        """Wait for the input only while there is something to put in; close it behind the last of that."""
        if self._rest and not self._offered:
            waiting.register(self.input, selectors.EVENT_WRITE, self.input)
        elif not self._rest and self._offered:
            waiting.unregister(self.input)
        self._offered = bool(self._rest)
        if not self._rest and self._closes:
            self.input.close()

    def _write(self) -> None:
        try:
            self._rest = self._rest[os.write(self.input.fileno(), self._rest[:CHUNK]) :]
        except BrokenPipeError:
            self._rest = memoryview(b"")

    def _read(self, pipe: IO[bytes]) -> bool:
        data = os.read(pipe.fileno(), CHUNK)
        self._said[pipe] += data
        if sum(map(len, self._said.values())) > OUTPUT:
            raise TooMuch
        if self._sudo and pipe is self.errors:
            self._answer(self._sudo)
        return bool(data)

    def _answer(self, sudo: Sudo) -> None:
        """sudo asks, or the command begins."""
        said = self._said[self.errors]
        if sudo.prompt in said:
            if self._asked:
                raise Refused
            self._asked = True
            self._rest = memoryview(f"{sudo.password}\n".encode())
            del said[: said.index(sudo.prompt) + len(sudo.prompt)]
        if sudo.ready in said:
            del said[: said.index(sudo.ready) + len(sudo.ready)]
            self._rest, self._closes, self._sudo = memoryview(self._stdin), True, None


def run(command: Sequence[str], stdin: bytes, timeout: float, sudo: Sudo | None = None) -> Done:
    """Run a command at the seat, which is an ssh, to its end.

    Raises:
        TooLate, TooMuch, Refused: as they say.
    """
    pipe = subprocess.PIPE
    return Running(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe), stdin, sudo).end(timeout)

"""Words to a program at the far end of a channel, and its answers: told apart from noise by a mark, bounded, in time.

Whatever runs when somebody logs in (~/.bashrc, /etc/profile, sudo's lecture, a motd) may speak on the same channel.
"""

import select
import time
from typing import Protocol

from irekae.host.agent.words import ANSWER

NOISE = 1 << 20  # bytes that are no answer, between two answers
KEPT = 4096  # bytes of the noise that are kept for people
CHUNK = 1 << 16
SENDING = 10.0  # seconds for the far end to take some more of what is sent
A_WHILE = 3600.0  # seconds: poll(2) knows no month


class Channel(Protocol):
    """What is used of paramiko's channel."""

    closed: bool
    eof_received: bool

    def fileno(self) -> int:
        """Becomes readable when there is something to receive, or the end."""

    def recv_ready(self) -> bool:
        """Is there some output."""

    def recv_stderr_ready(self) -> bool:
        """Are there some errors."""

    def recv(self, _size: int, /) -> bytes:
        """Some output."""

    def recv_stderr(self, _size: int, /) -> bytes:
        """Some errors."""

    def send(self, _data: bytes, /) -> int:
        """Send some of it; how much."""

    def settimeout(self, _seconds: float | None, /) -> None:
        """Seconds for one of the calls above."""


class Broken(Exception):
    """The conversation cannot go on; the text says why."""


class Late(Broken):
    """No answer within the time that the work may take."""


class Conversation:
    """One side of a channel.

    Args:
        channel: on which a command runs, or will run.
        mark: each answer is a line that holds it; what stands before it, and lines without it, are noise.
    """

    def __init__(self, channel: Channel, mark: bytes) -> None:
        """Nothing is said yet."""
        self._channel = channel
        self._mark = mark
        self._held = bytearray()
        self._searched = 0
        self._noise = 0
        self._stray = bytearray()
        self._errors = bytearray()
        channel.settimeout(SENDING)

    def send(self, data: bytes, deadline: float) -> None:
        """Send all of it before the deadline (of the monotonic clock).

        Raises:
            Late: the far end does not take it.
            OSError: the channel is closed.
        """
        rest = memoryview(data)
        while rest:
            if time.monotonic() > deadline:
                raise Late("what was sent is not taken")
            try:
                rest = rest[self._channel.send(rest[:CHUNK].tobytes()) :]
            except TimeoutError:
                continue

    def answer(self, deadline: float) -> bytes:
        """The next answer, without mark and line end.

        Raises:
            Late: there is none before the deadline.
            Broken: the far end has ended, or says what is no answer, or too much.
        """
        while (line := self._marked()) is None:
            self._pull(deadline)
        self._noise = 0
        return line

    def is_asked(self, prompt: bytes, deadline: float) -> bool:
        """True when the errors hold the prompt, False when an answer comes instead (it is taken).

        Raises:
            Late, Broken: as `answer`.
        """
        while self._marked() is None:
            if prompt in self._errors:
                self._errors.clear()
                return True
            self._pull(deadline)
        self._noise = 0
        return False

    def said(self) -> str:
        """The last words that were no answer, for people: errors, or else output."""
        kept = bytes(self._errors).strip() or bytes(self._stray + self._held[:KEPT]).strip()
        return kept[-KEPT:].decode("utf-8", "replace")

    def _marked(self) -> bytes | None:
        """The next line with the mark among what has come."""
        while (end := self._held.find(b"\n", self._searched)) >= 0:
            line = bytes(self._held[:end])
            del self._held[: end + 1]
            self._searched = 0
            noise, mark, answer = line.partition(self._mark)
            if mark:
                return answer
            self._keep(self._stray, noise + b"\n")
        self._searched = len(self._held)
        if self._searched > NOISE and self._mark not in self._held[:NOISE]:
            raise Broken(f"more than {NOISE >> 20} MiB came that are no answer")
        if self._searched > ANSWER:
            raise Broken(f"the answer is larger than {ANSWER >> 20} MiB")
        return None

    def _pull(self, deadline: float) -> None:
        """Wait for something, and take it."""
        channel = self._channel
        over = channel.closed or channel.eof_received
        if not (channel.recv_ready() or channel.recv_stderr_ready()):
            if over:
                raise Broken("it has ended")
            self._wait(deadline)
        elif time.monotonic() > deadline:
            raise Late("it speaks, but does not answer")
        if channel.recv_ready():
            self._held += channel.recv(CHUNK)
        if channel.recv_stderr_ready():
            self._keep(self._errors, channel.recv_stderr(CHUNK))

    def _wait(self, deadline: float) -> None:
        waiting = select.poll()
        waiting.register(self._channel.fileno(), select.POLLIN)
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late("it says nothing")
        waiting.poll(min(left, A_WHILE) * 1000)

    def _keep(self, where: bytearray, noise: bytes) -> None:
        where += noise
        del where[:-KEPT]
        self._noise += len(noise)
        if self._noise > NOISE:
            raise Broken(f"more than {NOISE >> 20} MiB came that are no answer")

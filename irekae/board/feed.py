"""The newest board, and those who wait for the next one: one thread brings it, however many look."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from threading import Lock

from irekae.board.page import Shown

HEARTBEAT = 15.0  # seconds without news after which something is sent all the same: a dead connection shows


class Feed:
    """What is shown now.

    Args:
        first: what is shown until something else is published.
    """

    def __init__(self, first: Shown) -> None:
        """Nobody waits yet."""
        self.now = first
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = Lock()
        self._ended = False

    def publish(self, shown: Shown) -> None:
        """Show this from now on; called from any thread."""
        self.now = shown
        self._wake()

    def end(self) -> None:
        """Let everybody who waits go, and nobody wait any more."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            for loop, event in self._waiting:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(event.set)

    async def all(self, heartbeat: float = HEARTBEAT) -> AsyncIterator[Shown]:
        """What is shown, now and whenever there is news, and after so many seconds without; until the end."""
        one = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(one)
        try:
            while not self._ended:
                one[1].clear()
                yield self.now
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(one[1].wait(), heartbeat)
        finally:
            with self._lock:
                self._waiting.discard(one)

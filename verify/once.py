"""Work that several checks share: done once, in the background where it takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Once(Generic[Result]):
    """A function without arguments whose outcome, a value or an exception, is kept.

    Attributes:
        begun: whether the work was started, so that there may be something to clean up.

    Each check that needs the outcome asks for `result()`; an exception is raised anew for each of them, so that a host
    that cannot be reached is asked once and not sixty times.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        """Keep `work` for later."""
        self._work = work
        self._lock = threading.Lock()
        self._done = False
        self.begun = False
        self._value: Result
        self._error: BaseException | None = None

    def begin(self) -> threading.Thread:
        """Start the work, to be waited for by `result`."""
        self.begun = True
        thread = threading.Thread(target=self._settle, daemon=True)
        thread.start()
        return thread

    def result(self) -> Result:
        """The value; or raise what the work raised."""
        self.begun = True
        self._settle()
        if self._error is not None:
            # Without the trace of those who asked before, which would grow with each of them.
            raise self._error.with_traceback(None)
        return self._value

    def _settle(self) -> None:
        with self._lock:
            if self._done:
                return
            try:
                self._value = self._work()
            except BaseException as error:  # kept for whoever asks
                self._error = error
            self._done = True

"""Ctrl-C: every thread is told once, at its next word to a host; what it still does then is tidying up.

A host finishes what it was asked for and remembers it, so there is nothing to break off but the asking.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

TIDY = 30.0  # seconds for the threads to tidy up before the command ends without them

_asked = threading.Event()
_own = threading.local()


class _Mark:
    """Whether a thread has been told."""

    told = False


def _mark() -> _Mark:
    if not hasattr(_own, "mark"):
        _own.mark = _Mark()
    found: _Mark = _own.mark
    return found


class Workers(ThreadPoolExecutor):
    """Threads that work for the one that makes them, which waits for them: when one of them is told, it is told too.

    Args:
        most: how many at once.
    """

    def __init__(self, most: int) -> None:
        """Begin with none."""
        super().__init__(most, initializer=setattr, initargs=(_own, "mark", _mark()))


def ask_to_stop() -> None:
    """Tell every thread but this one, which knows."""
    _mark().told = True
    _asked.set()


def heed() -> None:
    """Raise KeyboardInterrupt, once in each thread, when somebody has asked to stop."""
    if _asked.is_set() and not _mark().told:
        _mark().told = True
        raise KeyboardInterrupt


def pause(seconds: float) -> None:
    """Wait so long, or until somebody asks to stop."""
    _asked.wait(seconds)
    heed()


def forget() -> None:
    """Begin anew; for tests, in which one process sees many commands."""
    _asked.clear()
    _mark().told = False

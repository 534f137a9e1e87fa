"""Ctrl-C: every thread is told once, at its next word to a host; what it still does then is tidying up.

A host finishes what it was asked for and remembers it, so there is nothing to break off but the asking.
"""

import threading

TIDY = 30.0  # seconds for the threads to tidy up before the command ends without them

_asked = threading.Event()
_told = threading.local()


def ask_to_stop() -> None:
    """Tell every thread but this one, which knows."""
    _told.yes = True
    _asked.set()


def heed() -> None:
    """Raise KeyboardInterrupt, once in each thread, when somebody has asked to stop."""
    if _asked.is_set() and not getattr(_told, "yes", False):
        _told.yes = True
        raise KeyboardInterrupt


def pause(seconds: float) -> None:
    """Wait so long, or until somebody asks to stop."""
    _asked.wait(seconds)
    heed()


def forget() -> None:
    """Begin anew; for tests, in which one process sees many commands."""
    _asked.clear()
    _told.yes = False

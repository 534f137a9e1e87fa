"""Keeping the network manager's hands off the interface, by files that a boot takes away.

They are there from the moment on in which the exchange begins until it is at rest again; while the watchdog itself has
the network manager bring an address up they are not. What asks before a network manager starts lays them anew.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from irekae.subjects.network.watchdog.memory import log, state
from irekae.subjects.network.watchdog.words import SETTLED


def hold(guard: dict[str, Any]) -> None:
    """The interface is ours; a network manager that asks us itself needs no file."""
    for path, text in guard["hold"].items():
        try:
            before = os.umask(0o022)  # a network manager that is not root reads it
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(text)
            finally:
                os.umask(before)
        except OSError as error:
            log("%s could not be written: %s" % (path, error))


def release(guard: dict[str, Any]) -> None:
    """The interface is the network manager's."""
    for path in guard["hold"]:
        with contextlib.suppress(OSError):
            os.unlink(path)
            os.rmdir(os.path.dirname(path))  # unless others have something there


def is_settled() -> bool:
    """Is this host where it belongs, by what is remembered: then the network manager has the interface."""
    return state() in (*SETTLED, "armed")

"""The program itself, kept on the host for the next connection: by who changes something there, never by who looks."""

from __future__ import annotations

import contextlib
import marshal
import os

from irekae.host.agent.base import MEMORY, Refused, raw
from irekae.host.agent.paths import Spot, names_in, open_folder
from irekae.host.agent.replace import replace
from irekae.host.agent.start import KEPT_IN, kept_at, kept_program, seal_of


def keep_program() -> None:
    """Keep the program that runs, unless it is kept already; others that are kept are of no use any more.

    A host that has no room for it gets it anew each time: nothing depends on it.
    """
    digest, code = globals().get("BEGUN_AS", ("", None))
    if not code or kept_program(MEMORY.folder, digest):
        return
    body = marshal.dumps(code)
    with contextlib.suppress(OSError, Refused):
        forget_programs()
        with Spot(kept_at(MEMORY.folder, digest), make=0o700) as spot:
            replace(spot, seal_of(digest, body) + body, 0o600, os.geteuid(), os.getegid(), None)


def forget_programs() -> None:
    """Remove what is kept of programs."""
    with contextlib.suppress(FileNotFoundError):
        path = MEMORY.path(KEPT_IN)
        folder = open_folder(raw(path), path)
        try:
            for name in names_in(folder):
                os.unlink(name, dir_fd=folder)
        finally:
            os.close(folder)

"""Files at the operator's seat: whole or not at all, and for the operator alone whatever the umask is.

The only place that writes at the seat. What is kept there names accounts, keys and what the hosts answered.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from irekae.model.errors import wrong_use

OWN, OWN_FOLDER = 0o600, 0o700
PUBLISHED, PUBLISHED_FOLDER = 0o644, 0o755


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, for the operator alone; one that is there stays as it is.

    Raises:
        SwapError: it cannot be made (exit status 2).
    """
    try:
        for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
            missing.mkdir(OWN_FOLDER, exist_ok=True)
            missing.chmod(OWN_FOLDER)
    except OSError as error:
        raise _unwritable(path, error) from None


def write(path: Path, data: bytes, mode: int = OWN) -> None:
    """Put a file in place in one step, with this mode; folders on the way are made.

    A pipe or a device, as /dev/stdout, is written to; nothing takes its place.

    Raises:
        SwapError: it cannot be written (exit status 2); what was there is there still.
    """
    make_folder(path.parent)
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data, mode)
    except OSError as error:
        raise _unwritable(path, error) from None


def append(path: Path, data: bytes) -> None:
    """Write at the end of a file; one that is missing is made, and folders on the way.

    Raises:
        SwapError: it cannot be written (exit status 2).
    """
    make_folder(path.parent)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, OWN)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_json(path: Path, value: Any) -> None:
    """Put data in place as indented JSON; arguments and errors as in `write`."""
    write(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def publish(folder: Path) -> None:
    """Let everybody at the seat enter a folder that is published."""
    folder.chmod(PUBLISHED_FOLDER)


def _replace(path: Path, data: bytes, mode: int) -> None:
    fd, fresh = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(fd, mode)
            os.fsync(fd)
        Path(fresh).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(fresh).unlink()
        raise


def _unwritable(path: Path, error: OSError) -> Exception:
    return wrong_use(f"{path} cannot be written", error.strerror or str(error), "is there space, and is it yours?")

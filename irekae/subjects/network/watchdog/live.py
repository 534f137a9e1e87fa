"""The interface's file: which side's is in place, and putting a side's there in one step.

The file in place is the one that a boot brings up, so it is this host's settled side's: the new one comes with the
promise or the confirmation, not before. Each side's file waits beside it, so that no step needs the disk any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil

from irekae.subjects.network.watchdog.memory import load, log, side

SIDES = ("old", "new")


def digest(path: str) -> str:
    """SHA-256 of a file, "" when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def in_place() -> str:
    """The side whose file is in place, "" when it is neither's: then somebody has edited it."""
    held = digest(load("guard.json")["live"])
    return next((name for name in SIDES if held == side(name)["sha256"]), "")


def spare(name: str) -> str:
    """Where a side's file waits: beside the one in place; no `source` pattern of ifupdown reads it there."""
    folder, base = os.path.split(load("guard.json")["live"])
    return os.path.join(folder, ".%s.irekae-%s" % (base, name))


def lay_spare(name: str) -> None:
    """Put a side's file beside the one in place, with the owner, mode and attributes of that.

    Raises:
        OSError: it could not be written whole; then nothing is there.
    """
    path = spare(name)
    if digest(path) == side(name)["sha256"]:
        return
    remove(path)
    with open(side(name)["file"], "rb") as staged:
        data = staged.read()
    try:
        write(path, data, side(name)["file"])
    except OSError:
        remove(path)
        raise


def write(path: str, data: bytes, staged: str) -> None:
    """Write a spare file, and make it last."""
    live = load("guard.json")["live"]
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        state = os.stat(live)
        os.fchown(file.fileno(), state.st_uid, state.st_gid)
        shutil.copystat(live, path)
        # Of the same size, it would be passed over by a backup if it had the other one's time as well.
        times = os.stat(staged)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        os.fsync(file.fileno())


def remove(path: str) -> None:
    """Remove a file that may not be there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def put_in_place(name: str) -> bool:
    """Let a boot bring up this side; False when the file in place is somebody else's, or this could not be done."""
    held = in_place()
    if held == name:
        return True
    live = load("guard.json")["live"]
    if not held:
        log("%s is neither side's: somebody edited it; left as it is" % live)
        return False
    try:
        lay_spare(name)
        if digest(spare(held)) != side(held)["sha256"]:
            remove(spare(held))
            os.link(live, spare(held))
        os.rename(spare(name), live)
        sync(os.path.dirname(live))
    except OSError as error:
        log("%s could not be put in place: %s" % (side(name)["file"], error))
        return False
    log("%s is %s's now" % (live, side(name)["name"]))
    return True


def sync(folder: str) -> None:
    """Make a rename last."""
    fd = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(fd)
    os.close(fd)


def sweep() -> None:
    """Nothing is left beside the file when the host is at rest."""
    for name in SIDES:
        with contextlib.suppress(OSError):
            os.unlink(spare(name))

"""What was there before a change: plain files with mode, owner and time, for a person to take back as well."""

from __future__ import annotations

import base64
import os
import stat
from typing import Mapping, Sequence

from irekae.host.agent.base import MEMORY, Answer, Refused, operation, raw
from irekae.host.agent.files import digest, op_mkdir, op_read, op_stat, op_write
from irekae.host.agent.paths import Spot
from irekae.host.agent.replace import relink, replace

WROTE = {"data": ".wrote", "wanted": ".wanted"}  # what a change wrote; what it wanted, before others' was merged in


LAST_NUMBER: dict[str, int] = {}  # of a change that this agent took, by the folder


def copy_path(n: int, path: str, kind: str = "") -> str:
    """Where checkpoint n keeps the contents of path: as they were, or of a kind of WROTE."""
    return MEMORY.path("checkpoints", f"{n:06d}{kind}{path}")


@operation
def op_checkpoint(paths: Sequence[str], wrote: Mapping[str, Mapping[str, str]] | None = None) -> Answer:
    """Keep what lies at the paths before a change; the change's number, and what was there.

    The copies lie below checkpoints/NUMBER/ under their whole paths.

    Args:
        paths: that the change touches.
        wrote: path → the contents, base64, that the change will write ("data") and wanted to ("wanted").
    """
    number = next_number()
    for path, texts in (wrote or {}).items():
        for key, data in texts.items():
            op_write(copy_path(number, path, WROTE[key]), data, 0o600)
    kept: dict[str, Answer | None] = {}
    for path in paths:
        kept[path] = state = op_stat(path)
        if state and state["kind"] == "file":
            found = op_read(path)
            if found is None:
                raise Refused("changed", f"{path} went away while we looked at it")
            kept[path] = {key: found[key] for key in state}
            copy = copy_path(number, path)
            op_write(copy, found["data"], found["mode"], found["uid"], found["gid"], found["mtime"])
    return {"n": number, "kept": kept}


def next_number() -> int:
    """A number for a change, taken by making its folder: two agents never take the same.

    Only the first one of an agent is looked for among all that are there.
    """
    folder = MEMORY.path("checkpoints")
    if folder not in LAST_NUMBER:
        op_mkdir(folder)
        with Spot(copy_path(0, "")) as spot:
            LAST_NUMBER[folder] = max([int(name) for name in spot.names() if name.isdigit()] or [0])
    number = LAST_NUMBER[folder] + 1
    while True:
        try:
            with Spot(copy_path(number, ""), make=0o700) as spot:
                os.mkdir(spot.name, 0o700, dir_fd=spot.folder)
            LAST_NUMBER[folder] = number
            return number
        except FileExistsError:
            number += 1


@operation
def op_restore(n: int, path: str, was: Answer | None, expect: str | None = None) -> None:
    """Make path what it was when checkpoint n was taken: contents, mode, owner, time; or absent.

    Args:
        n: the checkpoint.
        path: what it kept.
        was: the state that it found there.
        expect: sha256 of the contents that the seat saw just now, "" for no file, None for any.

    Raises:
        Refused: a folder stands there that was none; nobody asked us to remove what is in it.
    """
    if expect is not None and digest(path) != expect:
        raise Refused("changed", f"{path} changed while we looked at it")
    try:
        spot = Spot(path)
    except (FileNotFoundError, NotADirectoryError):
        if was is None:
            return
        raise
    with spot:
        now = spot.state()
        if now is not None and stat.S_ISDIR(now.st_mode) != (was is not None and was["kind"] == "dir"):
            raise Refused("kind", f"{path} is {what(now)} now: move it away")
        if was is None:
            spot.unlink()
            spot.sync()
        elif was["kind"] == "file":
            replace(spot, kept_contents(n, path), was["mode"], was["uid"], was["gid"], was["mtime"])
        elif was["kind"] == "link":
            relink(spot, raw(was["target"]), was["uid"], was["gid"])
        elif was["kind"] == "dir":
            restore_folder(spot, was)


def what(state: os.stat_result) -> str:
    """For people: what stands there."""
    return "a folder" if stat.S_ISDIR(state.st_mode) else "no folder"


def kept_contents(n: int, path: str) -> bytes:
    """The contents that checkpoint n keeps of path.

    Raises:
        Refused: it keeps none; somebody took the copy away.
    """
    held = op_read(copy_path(n, path))
    if held is None:
        raise Refused("checkpoint", f"{copy_path(n, path)} is missing: nothing to restore {path} from")
    return base64.b64decode(held["data"])


def restore_folder(spot: Spot, was: Answer) -> None:
    """Give a folder its mode, owner and time back; its contents are never kept."""
    if spot.state() is None:
        raise Refused("kind", f"{spot.path} was a folder and is gone; what was in it was not kept")
    fd = spot.open(os.O_RDONLY | os.O_DIRECTORY)
    try:
        # By the descriptor: the name may be another file's by now.
        os.fchown(fd, was["uid"], was["gid"])
        os.fchmod(fd, was["mode"])
        os.utime(fd, ns=(was["mtime"], was["mtime"]))
    finally:
        os.close(fd)


@operation
def op_kept(n: int, path: str) -> Answer | None:
    """The contents of path that checkpoint n keeps."""
    return op_read(copy_path(n, path))


@operation
def op_written(n: int, path: str, wanted: bool = False) -> Answer | None:
    """The contents that change n wrote to path, or wanted to; those that it found, where it changed none."""
    kinds = [WROTE["wanted"]] if wanted else []
    found = [op_read(copy_path(n, path, kind)) for kind in (*kinds, WROTE["data"], "")]
    return next((held for held in found if held), None)


@operation
def op_keep_undone(n: int, path: str, data: str) -> None:
    """Keep what an undo of change n is about to write to path (base64): others' work is in it, so it can't be told."""
    op_write(copy_path(n, path, ".undone"), data, 0o600)


@operation
def op_undone(n: int, path: str) -> Answer | None:
    """What an undo of change n wrote to path, if others' work was in it."""
    return op_read(copy_path(n, path, ".undone"))

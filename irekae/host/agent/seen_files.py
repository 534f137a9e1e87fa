"""Files for the survey: configuration by digest, secrets by mode and owner, what runs with another's rights."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import os
import stat
from typing import Any, Iterator, Sequence

from irekae.host.agent.base import operation, raw, text
from irekae.host.agent.checkpoints import op_written
from irekae.host.agent.paths import open_folder
from irekae.host.agent.search import small_text
from irekae.host.agent.seen import DATED, Rows, heeded, looked_at, owned, sealed
from irekae.host.agent.walk import walk

PIECE_OF_FILE = 1 << 20


@operation
def op_seen_config(trees: Sequence[str], skip: Sequence[str], sets: Sequence[str]) -> dict[str, Rows]:
    """ "config": each file and link below the trees, its digest without comments; "secret": mode and owner of what not
    everybody may read; "rights": what everybody may write, and what runs as somebody else (setuid).

    Args:
        trees: folders; one that is missing has nothing.
        skip: paths, and patterns of paths, that are left out with all below them.
        sets: patterns of files in which the order of the lines means nothing.
    """
    config: Rows = {}
    secret: Rows = {}
    rights: Rows = {}
    for tree in trees:
        for path, folder, name in kept_below(tree, skip):
            add_config(config, secret, rights, path, folder, name, sets)
    return {"config": config, "secret": secret, "rights": rights}


def kept_below(tree: str, skip: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    """What lies below a tree and is neither a copy nor left out: path, the folder, open, and the name in it."""
    try:
        top = open_folder(raw(tree), tree)
    except (FileNotFoundError, NotADirectoryError):
        return

    def wanted(inner: bytes) -> bool:
        return not skipped(os.path.join(tree, text(inner)), skip)

    try:
        for folder, inner, names in walk(top, wanted, other_devices=False):
            for name in names:
                path = os.path.join(tree, text(inner), text(name))
                if not DATED.search(path) and not skipped(path, skip):
                    yield path, folder, name
    finally:
        os.close(top)


def skipped(path: str, skip: Sequence[str]) -> bool:
    """Is the path one that is left out."""
    return any(fnmatch.fnmatchcase(path, rule) for rule in skip)


def add_config(
    config: Rows, secret: Rows, rights: Rows, path: str, folder: int, name: bytes, sets: Sequence[str]
) -> None:
    """One name in an open folder."""
    state = looked_at(config, path, folder, name)
    if state is None:
        return
    if state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX and not stat.S_ISSOCK(state.st_mode):
        rights[path] = "everybody may write: " + owned(state)
    if stat.S_ISREG(state.st_mode):
        if not state.st_mode & stat.S_IROTH:
            secret[path] = owned(state)
        config[path] = f"{owned(state)}, {described_content(folder, name, state, skipped(path, sets))}"


def described_content(folder: int, name: bytes, state: os.stat_result, is_set: bool) -> str:
    """A digest of what programs heed in a file; of what is no text, of all."""
    held = small_text(folder, name)
    if held is not None:
        return digest_of_text(held[0], is_set)
    return "content " + whole_digest(folder, name)


def digest_of_text(data: bytes, is_set: bool) -> str:
    """The same for contents that are known to be text."""
    lines = heeded(data)
    return "content " + sealed(b"\n".join(sorted(lines) if is_set else lines))


def whole_digest(folder: int, name: bytes) -> str:
    """A keyed digest of all of a regular file; "" when it is gone or something else by now."""
    hashed = hashlib.sha256()
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except OSError:
        return ""
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return ""
        for block in iter(lambda: file.read(PIECE_OF_FILE), b""):
            hashed.update(block)
    return sealed(hashed.digest())


@operation
def op_seen_written(changes: Sequence[Sequence[Any]], sets: Sequence[str]) -> Rows:
    """What changes of ours wrote, as "config" tells of files: path → digest.

    Args:
        changes: number and path of each.
        sets: as in `seen_config`.
    """
    rows: Rows = {}
    for number, path in changes:
        held = op_written(number, path)
        if held is not None:
            rows[path] = digest_of_text(base64.b64decode(held["data"]), skipped(path, sets))
    return rows


@operation
def op_seen_setuid(trees: Sequence[str], skip: Sequence[str]) -> Rows:
    """Every program that runs with its owner's or its group's rights, whoever starts it.

    trees, skip: as above; of trees on one file system the first stands for all.
    """
    rows: Rows = {}
    tops = {os.stat(tree).st_dev: tree for tree in reversed(trees) if os.path.isdir(tree)}
    for tree in tops.values():
        for path, folder, name in kept_below(tree, skip):
            try:
                state = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(state.st_mode) and state.st_mode & (stat.S_ISUID | stat.S_ISGID) and state.st_mode & 0o111:
                rows[path] = "runs as " + owned(state)
    return rows

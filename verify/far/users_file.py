"""Reads a file below a user's home with that user's rights: what it leads to is what he could read himself."""

from __future__ import annotations

import json
import os
import pwd
import stat
from typing import Any

from verify.far.below import is_public, kind_of, open_file, open_folder, opened, state_of
from verify.far.why import why

LONGEST = 1_000_000


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Kind, owner, mode and text of the file at `path`; `error` where its user can't reach it or it is no file."""
    account = user_of(request["path"])
    if account is None or os.geteuid() != 0:
        return look(request["path"])
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        answer_as(account, request["path"], theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    answer: dict[str, Any] = json.loads(said or b'{"kind": "missing", "error": "its user cannot read it"}')
    return answer


def user_of(path: str) -> pwd.struct_passwd | None:
    """Whose home a path lies in; None for a file of the system's."""
    homes = [account for account in pwd.getpwall() if path.startswith(f"{account.pw_dir.rstrip('/')}/")]
    return max((account for account in homes if account.pw_uid), key=lambda found: len(found.pw_dir), default=None)


def answer_as(account: pwd.struct_passwd, path: str, pipe: int) -> None:
    """In a process that has become that user, for good: the answer goes into the pipe, and nothing else is done."""
    try:
        os.chdir("/")
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        with os.fdopen(pipe, "w", encoding="ascii") as out:
            json.dump(look(path), out)
    finally:
        os._exit(0)


def look(path: str) -> dict[str, Any]:
    """What lies at a path, by our own rights; a link in its place is not followed."""
    folder, _, name = path.rpartition("/")
    try:
        with opened(open_folder(folder)) as above:
            state, fd = state_of(above, name), open_file(above, name)
    except OSError as error:
        return {"kind": "missing", "error": why(error)}
    if state is None:
        return {"kind": "missing", "error": "No such file or directory"}
    found = {"kind": kind_of(state), "uid": state.st_uid, "mode": stat.S_IMODE(state.st_mode)}
    if fd is None:
        return {**found, "error": f"a {kind_of(state)} that its user cannot read as a file"}
    with os.fdopen(fd, "rb") as file:
        text = file.read(LONGEST).decode("utf-8", "surrogateescape")
        return {**found, "public": is_public(path, state.st_mode), "text": text}

"""What every part of the agent stands on: refusals, the folder that the host remembers in, the table of operations."""

from __future__ import annotations

import grp
import os
import pwd
from typing import Any, Callable, Dict, TypeVar

Call = TypeVar("Call", bound=Callable[..., Any])
Answer = Dict[str, Any]  # becomes a JSON object

OPERATIONS: dict[str, Callable[..., Any]] = {}


class Refused(Exception):
    """An operation that the host's state forbids; `kind` tells the seat which one."""

    def __init__(self, kind: str, message: str) -> None:
        """Kind is one word for the seat's code, message is for people."""
        super().__init__(message)
        self.kind = kind


class Memory:
    """What the seat says once, when the connection begins: the folder that the host remembers in, and how we talk."""

    folder = "/var/lib/irekae"
    # What each answer begins with, so that the seat can tell it from what a login shell says; and the seconds without
    # a word after which the seat is dead, 0: it is waited for.
    mark = ""
    silence = 0

    def path(self, *steps: str) -> str:
        """A path below the folder."""
        return "/".join((self.folder, *steps))

    def holds(self, path: str) -> bool:
        """Does the path lie below it: such folders are made as they are needed."""
        return path.startswith(self.folder + "/")


MEMORY = Memory()


def operation(call: Call) -> Call:
    """Let the seat ask for the decorated function `op_NAME` as NAME."""
    OPERATIONS[call.__name__[3:]] = call
    return call


def raw(path: str) -> bytes:
    """Text as bytes: names on the host need not be UTF-8, whatever locale sudo left us."""
    return path.encode("utf-8", "surrogateescape")


def text(name: bytes) -> str:
    """The reverse of raw."""
    return name.decode("utf-8", "surrogateescape")


def owner_of(uid: int) -> str:
    """Name of a user id, or its digits."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_of(gid: int) -> str:
    """Name of a group id, or its digits."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def real_user(pid: int) -> int:
    """The real user id of a process (proc(5), status): its folder in /proc is root's where it may not be dumped."""
    with open(f"/proc/{pid}/status", "rb") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(b"Uid:"))


def is_agent(pid: int) -> bool:
    """Is that process an agent of ours: of our own user and program too, for anybody may give his a text."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            called = b"irekae-agent" in file.read(4096)
        same_program = os.readlink(f"/proc/{pid}/exe") == os.readlink("/proc/self/exe")
        return called and same_program and real_user(pid) == os.getuid()
    except (OSError, StopIteration):
        return False


def write_whole(fd: int, data: bytes) -> None:
    """write(2) until all of it is written."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]

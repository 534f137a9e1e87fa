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


class NamesOf:
    """Names by number, remembered as long as the file that says them stays as it is.

    Args:
        file: the accounts' or the groups'.
        one: the name of a number; KeyError where there is none.
        every: all numbers with their names: whoever is asked for many reads the file once, not once for each.
    """

    MANY = 20

    def __init__(self, file: str, one: Callable[[int], str], every: Callable[[], dict[int, str]]) -> None:
        """Nothing is known yet."""
        self.file, self.one, self.every = file, one, every
        self.seal: Any = None
        self.known: dict[int, str] = {}

    def name(self, number: int) -> str:
        """The name, or the number's digits."""
        try:
            state = os.stat(self.file)
        except OSError:
            return self.asked(number)
        seal = (state.st_ino, state.st_size, state.st_mtime_ns)
        if seal != self.seal:
            self.seal, self.known = seal, {}
        if number not in self.known:
            if len(self.known) == self.MANY:
                self.known.update(self.every())
            if number not in self.known:
                self.known[number] = self.asked(number)
        return self.known[number]

    def asked(self, number: int) -> str:
        """What the system says."""
        try:
            return self.one(number)
        except KeyError:
            return str(number)


USERS = NamesOf(
    "/etc/passwd",
    lambda uid: pwd.getpwuid(uid).pw_name,
    lambda: {one.pw_uid: one.pw_name for one in pwd.getpwall()[::-1]},
)
GROUPS = NamesOf(
    "/etc/group",
    lambda gid: grp.getgrgid(gid).gr_name,
    lambda: {one.gr_gid: one.gr_name for one in grp.getgrall()[::-1]},
)


def owner_of(uid: int) -> str:
    """Name of a user id, or its digits."""
    return USERS.name(uid)


def group_of(gid: int) -> str:
    """Name of a group id, or its digits."""
    return GROUPS.name(gid)


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

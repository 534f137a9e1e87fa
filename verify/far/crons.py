"""Reads all cron tables as cron does, and tells what it leaves out in silence (cron(8), crontab(5), run-parts(8))."""

from __future__ import annotations

import glob
import os
import pwd
import re
import shutil
import stat
from collections.abc import Iterator
from typing import Any

from verify.far.trees import is_roots

TABLES = "/var/spool/cron/crontabs"
NAME = re.compile(r"[A-Za-z0-9_-]+")
LEFT_BESIDE = re.compile(r".*\.(dpkg-\w+|ucf-\w+|placeholder|orig|bak|old)|.*~|README|\..*|.*[._-]20\d{6}")
SETTING = re.compile(r"\s*[\"']?[A-Za-z_][A-Za-z0-9_]*[\"']?\s*=")
TIMES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
SPECIAL = {"@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
RUN_PARTS = re.compile(r"run-parts\s+(?:-\S+\s+)*(/[^\s;&|}]+)")
SEARCHED = "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin"


def tables(scheduled: list[str]) -> dict[str, Any]:
    """What cron does not run: `wrong`, and `idle`, of the scripts that must be run; `read`, the tables; `jobs`.

    Args:
        scheduled: scripts that must be run.
    """
    wrong: list[str] = []
    read, folders = [], set()
    for path, user in every_table():
        read.append(path)
        wrong += [f"{path}: {line}" for line in unread(path, user)]
        text = content(path)
        wrong += [f"{path}: {line}" for line in lines_wrong(text, user is None)]
        folders |= {found for line in jobs_of(text) for found in RUN_PARTS.findall(line)}
    jobs = [path for folder in sorted(folders) for path in sorted(glob.glob(f"{folder}/*"))]
    wrong += [f"{path}: {why}" for path in jobs if path not in scheduled for why in not_run(path)]
    called = " ".join([*jobs, *map(content, read)])
    idle = [f"{path}: {why}" for path in scheduled for why in idles(path, called)]
    return {"wrong": wrong, "idle": idle, "read": read, "jobs": jobs}


def idles(path: str, called: str) -> Iterator[str]:
    """Why a script that must be run is not; `called`: all that tables and run-parts name."""
    if path not in called:
        yield "no table and no folder of run-parts has it"
    elif not NAME.fullmatch(os.path.basename(path)) and path not in called.split():
        yield "run-parts runs no file of that name"
    elif not os.path.exists(path) or not os.stat(path).st_mode & 0o111:
        yield "is not executable"
    elif interpreter_missing(path):
        yield f"there is no {interpreter_missing(path)}"


def every_table() -> Iterator[tuple[str, str | None]]:
    """Every table with the user whose it is; None: a table of the system's, which names users itself."""
    yield from ((path, None) for path in ["/etc/crontab", *sorted(glob.glob("/etc/cron.d/*"))] if os.path.lexists(path))
    if os.path.isdir(TABLES):
        yield from (
            (f"{TABLES}/{name}", name)
            for name in sorted(os.listdir(TABLES))
            if not name.startswith(("tmp.", "crontab."))
        )


def content(path: str) -> str:
    """What a table says; "" where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as stream:
            return stream.read(1 << 20)
    except OSError:
        return ""


def unread(path: str, user: str | None) -> Iterator[str]:
    """Why cron would leave the whole table out."""
    if user is None and path.startswith("/etc/cron.d/") and not NAME.fullmatch(os.path.basename(path)):
        if not LEFT_BESIDE.fullmatch(os.path.basename(path)):
            yield "cron reads no file of that name"
        return
    state = os.stat(path) if os.path.exists(path) else None
    if state is None or not stat.S_ISREG(state.st_mode):
        yield "no regular file"
        return
    owner = 0 if user is None else number_of(user)
    if owner is None:
        yield f"there is no user {user}"
    elif state.st_uid not in (0, owner):
        yield f"belongs to {state.st_uid} and not to {'root' if user is None else user}"
    if state.st_mode & 0o022 or (user is not None and state.st_mode & 0o7077):
        yield f"has mode {stat.S_IMODE(state.st_mode):04o}"
    if state.st_nlink != 1:
        yield "has another name too (a hard link)"
    if state.st_size and not content(path).endswith("\n"):
        yield "the last line has no end: cron leaves out the whole table"


def number_of(user: str) -> int | None:
    """A user's number; None: there is no such user."""
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def jobs_of(text: str) -> list[str]:
    """The lines of a table that are jobs."""
    lines = [line.strip() for line in text.split("\n")]
    return [line for line in lines if line and not line.startswith("#") and not SETTING.match(line)]


def lines_wrong(text: str, names_users: bool) -> Iterator[str]:
    """Jobs that cron cannot read, with what is wrong: one of them makes it leave out the whole table."""
    for line in jobs_of(text):
        times = 1 if line.startswith("@") else 5
        words = line.split(None, times + names_users)
        if len(words) < times + names_users + 1:
            yield f"“{line[:60]}” is no job"
        elif not (words[0] in SPECIAL if times == 1 else are_times(words[:5])):
            yield f"“{' '.join(words[:times])}” is no time"
        elif names_users and number_of(words[times]) is None:
            yield f"there is no user {words[times][:32]}"
        elif names_users and program_missing(words[times + names_users]):
            yield f"{words[times + names_users].split()[0][:200]} cannot be run"


def are_times(words: list[str]) -> bool:
    """Whether five words are minute, hour, day, month and day of the week."""
    return all(is_time(word.lower(), *TIMES[place], place) for place, word in enumerate(words))


def is_time(word: str, least: int, most: int, place: int) -> bool:
    """Whether a word is a list of numbers, spans and steps."""
    for part in word.split(","):
        span, slash, step = part.partition("/")
        ends = span.split("-")
        named = MONTHS if place == 3 else DAYS if place == 4 else []
        ends = [str(named.index(end) + (place == 3)) if end in named else end for end in ends]
        if slash and not (step.isdigit() and int(step) > 0):
            return False
        if span != "*" and not (len(ends) <= 2 and all(end.isdigit() and least <= int(end) <= most for end in ends)):
            return False
    return True


def program_missing(command: str) -> str:
    """A program that the job begins with and that cannot be run; "" for none, or where that can't be told."""
    first = command.split()[0].strip("\"'")
    return first if first.startswith("/") and not shutil.which(first) and not re.search(r"[$`*?;&|(]", first) else ""


def not_run(path: str) -> Iterator[str]:
    """Why run-parts does not run a file of its folder. One that is not executable was turned off: that may be meant."""
    name = os.path.basename(path)
    if not NAME.fullmatch(name):
        if not LEFT_BESIDE.fullmatch(name):
            yield "run-parts runs no file of that name"
    elif not os.path.exists(path):
        yield "leads nowhere"
    elif os.stat(path).st_mode & 0o111 and interpreter_missing(path):
        yield f"there is no {interpreter_missing(path)}"


def interpreter_missing(path: str) -> str:
    """The program that a script of root's is for, where that isn't there."""
    if not is_roots(path):
        return ""
    try:
        with open(path, "rb") as stream:
            first = stream.readline(256)
    except OSError:
        return ""
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    if words and os.path.basename(words[0]) == "env":
        words = words[1:]
    return words[0] if words and not shutil.which(words[0], path=SEARCHED) else ""

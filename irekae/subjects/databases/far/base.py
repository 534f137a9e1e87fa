"""What every part of the far end stands on: its failures, how tools are run, and what of their words may be told."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import subprocess
from typing import Any, Dict, List, Mapping, Sequence, Tuple

PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root"}
PART = 16  # digits of a digest that is kept: enough to tell any two of a server's things apart
SAID = 2000  # characters of a tool's errors that are told
# Behind these words an error quotes a row or a statement, which nobody but the database's users may read.
_QUOTES = re.compile(r"(Duplicate entry|value:?|near|syntax for [^:\"]*:|byte sequence[^:\"]*:) ?['\"].*")
_ERROR = re.compile(r"error|fatal|denied|refused|can't|couldn't|cannot|no such|not found", re.IGNORECASE)

Answer = Dict[str, Any]  # becomes a JSON object
Command = Tuple[List[str], Dict[str, str]]  # an argument list, and what is added to the environment


class Failed(Exception):
    """What went wrong, for a person; never what stands in a table or a statement."""


def told(said: bytes) -> str:
    """The lines of a tool's errors that say what is wrong, else the last one, without what they quote."""
    all_ = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    lines = [line for line in all_ if _ERROR.search(line)] or all_[-1:]
    return "\n".join(_QUOTES.sub(r"\1 …", line) for line in lines)[-SAID:]


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """A plain environment with some more."""
    return dict(PLAIN, **extra)


def found(*names: str) -> str:
    """The first of these programs that there is.

    Raises:
        Failed: there is none.
    """
    for name in names:
        if shutil.which(name, path=PLAIN["PATH"]):
            return name
    raise Failed(f"{names[0]} is not installed")


def run(command: Command, text: str = "") -> str:
    """A tool's output; what it reads goes through a pipe, for everybody sees its arguments.

    Raises:
        Failed: it ended with another exit status than 0.
    """
    argv, extra = command
    try:
        done = subprocess.run(
            argv,
            input=text.encode("utf-8", "surrogateescape"),
            capture_output=True,
            env=environment(extra),
            cwd="/",
        )
    except OSError as error:
        raise Failed(f"{argv[0]}: {error.strerror}") from None
    if done.returncode:
        raise Failed("{}: {}".format(tool(argv), told(done.stderr) or f"exit status {done.returncode}"))
    return done.stdout.decode("utf-8", "surrogateescape")


def tool(argv: Sequence[str]) -> str:
    """What a command is called, without who runs it."""
    return argv[argv.index("--") + 1] if "--" in argv else argv[0]


def keyed(key: str, *texts: str) -> str:
    """A digest of texts that says nothing to whoever has not the key."""
    data = "\0".join(texts).encode("utf-8", "surrogateescape")
    return hmac.new(key.encode(), data, hashlib.sha256).hexdigest()[:32]


def room(folder: str) -> Answer:
    """Bytes that are free below a folder, on which device; the nearest folder that there is."""
    while not os.path.isdir(folder) and folder != "/":
        folder = os.path.dirname(folder) or "/"
    free = os.statvfs(folder)
    return {"folder": folder, "free": free.f_bavail * free.f_frsize, "device": os.stat(folder).st_dev}


def whole(text: str | None) -> int:
    """A number that a server said; 0 where it said none."""
    try:
        return int(float(text or 0))
    except ValueError:
        return 0

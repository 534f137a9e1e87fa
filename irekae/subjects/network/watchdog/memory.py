"""What the watchdog remembers: a few files beside it, each written in one step and made last."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import Any

from irekae.subjects.network.watchdog.words import SETTLED

FOLDER = os.path.dirname(os.path.abspath(sys.argv[0]))


def place(name: str) -> str:
    """Path of one of our files."""
    return os.path.join(FOLDER, name)


def load(name: str) -> Any:
    """A JSON file of ours, {} when there is none."""
    try:
        with open(place(name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def keep(name: str, text: str) -> None:
    """Write a file of ours in one step, and make it last.

    Raises:
        OSError: it could not be written, and is as it was.
    """
    fresh = place("." + name)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, place(name))
    folder = os.open(FOLDER, os.O_RDONLY)
    # Renamed is written: whoever reads it now sees it, so there is no way back from here.
    with contextlib.suppress(OSError):
        os.fsync(folder)
    os.close(folder)


def state() -> str:
    """The exchange's state on this host."""
    try:
        with open(place("state"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def log(text: str) -> None:
    """A line for people; a full disk must not stop the rest."""
    with contextlib.suppress(OSError), open(place("watchdog.log"), "a", encoding="utf-8") as file:
        file.write("%s %s\n" % (time.strftime("%Y-%m-%dT%H:%M:%S%z"), text))


def home() -> str:
    """The side ("old" or "new") that is this host's without anybody's further word: also after a boot."""
    word, plan = state(), load("plan.json")
    if word in SETTLED:
        return "new" if word == "confirmed" else "old"
    return str(plan["take"] if word == "prepared" else plan["leave"])


def side(name: str) -> dict[str, Any]:
    """A side's host name, addresses, its file with its digest, and the commands that move the interface."""
    guard, plan = load("guard.json"), load("plan.json")
    found: dict[str, Any] = plan[name] if name in plan else guard[name]
    return found


def addresses_of(name: str) -> list[str]:
    """A side's addresses, which move together: IPv4, and IPv6 where the name has one."""
    found = side(name)
    return [found["address"], *([found["ipv6"]] if found.get("ipv6") else [])]

"""Whose turn it is: one run of the suite at a time, over a lease that ends by itself when its run is dead."""

from __future__ import annotations

import fcntl
import json
import os
import time
from typing import Any

PATH = "/run/irekae-suite"  # root's folder, and emptied by every boot


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Take or keep the turn ("take"), give it back ("give"), or only "look"; whether we hold it, else who does.

    The request's `token` is the run's, `who` and `since` are for others, `seconds` are what the lease lasts, `path` is
    the lease's file.
    """
    fd = os.open(request.get("path", PATH), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # for the moment of this look alone
        lease = read(file.read())
        mine, lives = lease.get("token") == request["token"], lease.get("until", 0) > time.monotonic()
        if request["act"] != "take":
            if mine and request["act"] == "give":
                file.truncate(0)
            return {"held": False}
        if lives and not mine:
            return {"held": False, "who": lease.get("who", ""), "since": lease.get("since", "")}
        lease = {key: request[key] for key in ("token", "who", "since")}
        lease["until"] = time.monotonic() + request["seconds"]
        file.seek(0)
        file.truncate(0)
        file.write(json.dumps(lease).encode())
    return {"held": True}


def read(text: bytes) -> dict[str, Any]:
    """The lease; {} where there is none, or a crash cut it short."""
    try:
        lease = json.loads(text)
    except ValueError:
        return {}
    return lease if isinstance(lease, dict) and isinstance(lease.get("until", 0), (int, float)) else {}

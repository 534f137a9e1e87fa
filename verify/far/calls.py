"""Calls TCP ports, if need be from a given address of this host, and asks name servers."""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

from verify.far.why import why

PAUSE = 0.2


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Make `calls` [{address, port, source?, until?, deadline?, pause?}] and send `datagrams` [{address, hex}]."""
    return {
        "calls": [call(asked) for asked in request.get("calls", [])],
        "datagrams": [datagram(asked) for asked in request.get("datagrams", [])],
    }


def call(asked: dict[str, Any]) -> dict[str, Any]:
    """Try to connect; with `until` ("connected" or "not connected") again until the deadline, every `pause` seconds."""
    deadline = time.monotonic() + asked.get("deadline", 0)
    tries = 0
    while True:
        tries += 1
        answer = connect(asked["address"], asked["port"], asked.get("source", ""), asked.get("timeout", 2))
        wanted = asked.get("until")
        reached = "connected" if answer == "connected" else "not connected"
        if wanted is None or wanted == reached or time.monotonic() > deadline:
            return {"answer": answer, "tries": tries}
        time.sleep(asked.get("pause", PAUSE))


def connect(address: str, port: int, source: str, timeout: float) -> str:
    """`connected`, `refused`, `no answer`, or what went wrong."""
    try:
        with socket.create_connection((address, port), timeout, (source, 0) if source else None):
            return "connected"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "no answer"
    except OSError as error:
        # A neighbour that nobody is (EHOSTUNREACH) answers as little as one that keeps silent.
        return "no answer" if error.errno == errno.EHOSTUNREACH else why(error)


def datagram(asked: dict[str, Any]) -> dict[str, Any]:
    """Send a DNS message and return the reply, both in hex; asked twice, since UDP may lose either."""
    problem = ""
    for _ in range(2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(asked.get("timeout", 2))
            try:
                line.connect((asked["address"], asked.get("port", 53)))
                line.send(bytes.fromhex(asked["hex"]))
                return {"hex": line.recv(65535).hex()}
            except TimeoutError:
                problem = "no answer"
            except OSError as error:
                problem = why(error)
    return {"problem": problem}

"""Runs at the lab's seat beside a swap: how long http was away from an address; ends with its standard input."""

import contextlib
import http.client
import select
import sys
import time

EVERY = 0.05  # seconds between two questions


def answers(address: str) -> bool:
    """Does a web server answer there with a page."""
    line = http.client.HTTPConnection(address, timeout=0.5)
    with contextlib.closing(line):
        try:
            line.request("GET", "/", headers={"Host": "itpass.scitec.kobe-u.ac.jp"})
            return line.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False


def main() -> None:
    """Ask until standard input ends; print the seconds between a question without an answer and the next with one."""
    away, since = 0.0, None
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        now = time.monotonic()
        if answers(sys.argv[1]):
            away, since = away + (now - since if since else 0.0), None
        elif since is None:
            since = now
    print(f"{away + (time.monotonic() - since if since else 0.0):.1f}")


main()

"""Waits until each address answers as an ssh server. Run as a program inside the lab's network:

answer.py SECONDS ADDRESS... (status 0: all answered; 1: the names of those that didn't are printed)
"""

import socket
import sys
import time


def answers(address: str, patience: float) -> bool:
    """Whether an ssh server greets at `address` within `patience` seconds."""
    try:
        with socket.create_connection((address, 22), timeout=patience) as connection:
            return connection.recv(256).startswith(b"SSH-")
    except OSError:
        return False


def silent_after(seconds: float, addresses: list[str]) -> list[str]:
    """Those of `addresses` that have not answered after `seconds`."""
    end = time.monotonic() + seconds
    waiting = list(addresses)
    while waiting and time.monotonic() < end:
        waiting = [address for address in waiting if not answers(address, 1.0)]
        time.sleep(0.05 if waiting else 0)
    return waiting


if __name__ == "__main__":
    silent = silent_after(float(sys.argv[1]), sys.argv[2:])
    print(*silent)
    sys.exit(1 if silent else 0)

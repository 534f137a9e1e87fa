"""Joins standard input and output to a TCP connection that is made from a given address of this host.

Unlike the others it is called with arguments, as ssh's ProxyCommand: SOURCE ADDRESS PORT.
"""

from __future__ import annotations

import os
import socket
import sys
import threading


def main(source: str, address: str, port: int) -> None:
    """Copy both ways until either side ends."""
    with socket.create_connection((address, port), 8, (source, 0)) as line:
        line.settimeout(None)
        threading.Thread(target=outward, args=(line,), daemon=True).start()
        for data in iter(lambda: line.recv(65536), b""):
            os.write(1, data)


def outward(line: socket.socket) -> None:
    """From standard input to the connection."""
    for data in iter(lambda: os.read(0, 65536), b""):
        line.sendall(data)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""A line to a host that is no TCP connection of ours: a command carries it, as ProxyCommand of ssh_config(5) does."""

import socket
import subprocess
from threading import Thread

from irekae.site.inventory import HostEntry


def line_over(command: str, entry: HostEntry) -> socket.socket:
    """Start the command, and return the socket that is its input and output; it ends when the socket is closed.

    Args:
        command: for a shell, with %h and %p for the host's address and port.
        entry: the host.
    """
    filled = command.replace("%h", entry.address).replace("%p", str(entry.port)).replace("%r", entry.user)
    ours, theirs = socket.socketpair()
    with theirs:
        # In a session of its own: a Ctrl-C is for us, and must not cut the line while a host is in the middle of work.
        process = subprocess.Popen(
            ["sh", "-c", f"exec {filled}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    Thread(target=process.wait, daemon=True).start()
    return ours

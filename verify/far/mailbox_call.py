"""A call to a mailbox server (IMAP, POP3): what was said, and TLS before anything that is secret."""

from __future__ import annotations

import socket
from typing import Any

from verify.far.trusting import trusting

PORTS = {"imaps": 993, "pop3s": 995, "imap": 143, "pop3": 110}
CALLED, HEARD = 10, 30
"""Seconds until a call is taken, and until each answer has come."""


class Mailbox:
    """A connection to the server: what was said, and TLS."""

    STARTS_TLS = "STARTTLS"

    def __init__(self, request: dict[str, Any], protocol: str) -> None:
        """Call the server."""
        self.said: list[str] = []
        self.name = request["name"]
        port = request.get("ports", PORTS)[protocol]
        self._socket: Any = socket.create_connection((request["server"], port), CALLED)
        self._socket.settimeout(HEARD)
        self._protocol = protocol
        self._file: Any = None
        self.plain = False

    def begin(self) -> None:
        """Have TLS before anything that is secret.

        Raises:
            EOFError: it is not to be had.
        """
        if self._protocol.endswith("s"):
            self._cover()
        self._file = self._socket.makefile("rb")
        self.hear()
        if not self._protocol.endswith("s"):
            self.plain = self.takes_passwords()
            if not self.ask(self.STARTS_TLS):
                raise EOFError(f"it offers no {self.STARTS_TLS}")
            self._file.close()
            self._cover()
            self._file = self._socket.makefile("rb")

    def ask(self, words: str, shown: str = "") -> bool:
        """A command; whether it is done."""
        raise NotImplementedError

    def takes_passwords(self) -> bool:
        """Whether the server says that it would have them now, in the clear."""
        raise NotImplementedError

    def _cover(self) -> None:
        self._socket = trusting().wrap_socket(self._socket, server_hostname=self.name)

    def raw(self) -> bytes:
        """One line of the server."""
        line: bytes = self._file.readline(1 << 20)
        if not line:
            raise EOFError("the server hung up")
        return line

    def hear(self) -> str:
        """One line, as text, kept."""
        text = self.raw().decode("utf-8", "replace").rstrip("\r\n")
        self.said.append(f"< {text}")
        return text

    def send(self, words: str, shown: str = "") -> None:
        """A command; `shown` stands in the transcript where the command itself must not."""
        self.said.append(f"> {shown or words}")
        self._socket.sendall(words.encode() + b"\r\n")

    def read(self, size: int) -> bytes:
        """So many bytes."""
        data: bytes = self._file.read(size)
        return data

    def close(self) -> None:
        """Hang up."""
        if self._file is not None:
            self._file.close()
        self._socket.close()

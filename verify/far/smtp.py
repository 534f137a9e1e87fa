"""SMTP conversations (RFC 5321), each on a connection of its own, written down word by word."""

from __future__ import annotations

import socket
from typing import Any

LONGEST_LINE = 4096


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Hold `dialogues` with `server`:`port`; each sends its `data` if a recipient is taken and there is any."""
    held: dict[str, Any] = {}
    silent: list[str] = []
    for dialogue in request["dialogues"]:
        if silent:
            # A server that takes no call would be waited for anew with each of them.
            held[dialogue["id"]] = {"codes": {}, "said": [f"{silent[0]} (not tried again)"], "connected": False}
            continue
        held[dialogue["id"]] = conversation = converse(request, dialogue)
        if not conversation["connected"]:
            silent = conversation["said"]
    return {"dialogues": held}


class Line:
    """A connection and the transcript of what was said over it."""

    def __init__(self, address: str, port: int, timeout: float) -> None:
        """Call the server; OSError where nobody takes it."""
        self.said: list[str] = []
        self._socket = socket.create_connection((address, port), timeout)
        self._file = self._socket.makefile("rb")

    def hear(self) -> int:
        """The code of the server's next reply (RFC 5321 4.2)."""
        while True:
            raw = self._file.readline(LONGEST_LINE)
            if not raw:
                raise EOFError("the server hung up")
            text = raw.decode("utf-8", "replace").rstrip("\r\n")
            self.said.append(f"< {text}")
            if text[3:4] != "-":
                return int(text[:3]) if text[:3].isdigit() else 0

    def say(self, words: str) -> int:
        """Send a command and hear the reply."""
        self.said.append(f"> {words}")
        self._socket.sendall(words.encode() + b"\r\n")
        return self.hear()

    def send(self, message: str) -> int:
        """Send a message, its lines' first dots doubled (RFC 5321 4.5.2)."""
        lines = [f".{line}" if line.startswith(".") else line for line in message.splitlines()]
        self.said.append(f"> [message of {len(lines)} lines]")
        self._socket.sendall("\r\n".join([*lines, ".", ""]).encode())
        return self.hear()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


def converse(request: dict[str, Any], dialogue: dict[str, Any]) -> dict[str, Any]:
    """One conversation: reply codes by step, and the transcript."""
    codes: dict[str, int] = {}
    said: list[str] = []
    try:
        line = Line(request["server"], request["port"], request.get("timeout", 10))
    except OSError as error:
        return {"codes": codes, "said": [f"no connection: {error}"], "connected": False}
    try:
        said = line.said
        codes["banner"] = line.hear()
        codes["helo"] = line.say(f"HELO {request['helo']}")
        codes["mail"] = line.say(f"MAIL FROM:<{dialogue['from']}>")
        codes["rcpt"] = line.say(f"RCPT TO:<{dialogue['to']}>")
        if codes["rcpt"] // 100 == 2 and dialogue.get("data"):
            codes["data"] = line.say("DATA")
            if codes["data"] == 354:
                codes["sent"] = line.send(dialogue["data"])
        codes["quit"] = line.say("QUIT")
    except (OSError, EOFError) as error:
        said.append(f"[{error}]")
    finally:
        line.close()
    return {"codes": codes, "said": said, "connected": True}

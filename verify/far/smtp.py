"""SMTP conversations (RFC 5321), each on a connection of its own, written down word by word."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

LONGEST_LINE = 4096
AT_ONCE = 7
"""Calls at the same time; tcpserver takes forty, postfix fifty of one client, others ten."""
CALLED, HEARD = 10, 30
"""Seconds until a call is taken, and until each answer has come (RFC 5321 4.5.3.2 would wait five minutes)."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Hold `dialogues` with `server`:`port`; each sends its `data` if a recipient is taken and there is any.

    Several at once: a server that greets late, to keep spam away or since it looks names up, is waited for a few times
    and not twenty. Where it takes no more calls at once, the others are made after them, one by one.
    """
    dialogues = request["dialogues"]
    if not dialogues:
        return {"dialogues": {}}
    held = {dialogues[0]["id"]: converse(request, dialogues[0])}
    first = held[dialogues[0]["id"]]
    if not first["connected"]:
        # A server that takes no call would be waited for anew with each of them.
        silent = {"codes": {}, "said": [f"{first['said'][-1]} (once for all)"], "connected": False}
        return {"dialogues": {**{one["id"]: silent for one in dialogues[1:]}, **held}}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = {one["id"]: pool.submit(converse, request, one) for one in dialogues[1:]}
        held.update({name: call.result() for name, call in calls.items()})
    for dialogue in dialogues[1:]:
        if held[dialogue["id"]]["codes"].get("banner", 0) // 100 != 2:
            held[dialogue["id"]] = converse(request, dialogue)
    return {"dialogues": held}


class Line:
    """A connection and the transcript of what was said over it."""

    def __init__(self, address: str, port: int) -> None:
        """Call the server; OSError where nobody takes it."""
        self.said: list[str] = []
        self._socket = socket.create_connection((address, port), CALLED)
        self._socket.settimeout(HEARD)
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
        line = Line(request["server"], request["port"])
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

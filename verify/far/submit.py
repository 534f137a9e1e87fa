"""Submission (RFC 6409, 8314): TLS, AUTH PLAIN, and nothing for those who don't log in."""

from __future__ import annotations

import base64
import socket
from typing import Any

from verify.far.trusting import trusting
from verify.far.why import why

PORTS = {"submission": 587, "submissions": 465}
CALLED, HEARD = 10, 30
"""Seconds until a call is taken, and until each answer has come."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """For each of `tries` {id, protocol, from, to, data}: without a login, with a wrong one, and with the right one.

    With a `server` of its own, a try is a stranger's alone.

    Args in the request besides: `server`, `name` (of its certificate), `helo`, `user`, `password`, `elsewhere`.

    Answers `submitted`: id → connected, tls, anonymous, plain, wrong (reply codes), in, sent, problem, said.
    """
    return {"submitted": {one["id"]: tried(request, one) for one in request["tries"]}}


class Talk:
    """A connection, and what was said."""

    def __init__(self, request: dict[str, Any], protocol: str, said: list[str]) -> None:
        """Call the server."""
        self.said, self.name, self.helo = said, request["name"], request["helo"]
        port = request.get("ports", PORTS)[protocol]
        self._socket: Any = socket.create_connection((request["server"], port), CALLED)
        self._socket.settimeout(HEARD)
        self._protocol = protocol
        self._file: Any = None
        self.words: list[str] = []

    def begin(self) -> None:
        """Hear its greeting; over TLS from the start with `submissions`."""
        if self._protocol == "submissions":
            self._socket = trusting().wrap_socket(self._socket, server_hostname=self.name)
        self._file = self._socket.makefile("rb")
        self.hear()

    def hear(self) -> int:
        """The code of the next reply; its lines are kept."""
        self.words = []
        while True:
            raw = self._file.readline(4096)
            if not raw:
                raise EOFError("the server hung up")
            text = raw.decode("utf-8", "replace").rstrip("\r\n")
            self.said.append(f"< {text}")
            self.words.append(text[4:])
            if text[3:4] != "-":
                return int(text[:3]) if text[:3].isdigit() else 0

    def say(self, words: str, shown: str = "") -> int:
        """A command and its reply; `shown` stands in the transcript where the command itself must not."""
        self.said.append(f"> {shown or words}")
        self._socket.sendall(words.encode() + b"\r\n")
        return self.hear()

    def hello(self) -> list[str]:
        """EHLO; what it offers."""
        self.say(f"EHLO {self.helo}")
        return [word.upper() for line in self.words for word in line.split()[:1]]

    def cover(self) -> None:
        """STARTTLS.

        Raises:
            EOFError: it is not offered, or refused.
        """
        if "STARTTLS" not in self.hello() or self.say("STARTTLS") != 220:
            raise EOFError("it offers no STARTTLS")
        self._file.close()
        self._socket = trusting().wrap_socket(self._socket, server_hostname=self.name)
        self._file = self._socket.makefile("rb")

    def login(self, user: str, password: str) -> int:
        """AUTH PLAIN (RFC 4616)."""
        word = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        return self.say(f"AUTH PLAIN {word}", f"AUTH PLAIN [{user}]")

    def message(self, sender: str, recipient: str, text: str | None) -> int:
        """MAIL, RCPT and, with a text, DATA; the last code."""
        code = self.say(f"MAIL FROM:<{sender}>")
        code = self.say(f"RCPT TO:<{recipient}>") if code // 100 == 2 else code
        if text is None or code // 100 != 2 or self.say("DATA") != 354:
            return code
        lines = [f".{line}" if line.startswith(".") else line for line in text.splitlines()]
        self._socket.sendall("\r\n".join([*lines, ".", ""]).encode())
        return self.hear()

    def close(self) -> None:
        """Hang up."""
        if self._file is not None:
            self._file.close()
        self._socket.close()


def tried(request: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """One protocol: what it lets strangers do, and what its user."""
    state: dict[str, Any] = {"connected": False, "problem": "", "said": []}
    state.update({"plain": False, "anonymous": 0, "wrong": 0, "right": 0, "sent": 0})
    for step in (stranger,) if one.get("server") else (stranger, impostor, owner):
        talk = None
        try:
            talk = Talk({**request, "server": one.get("server") or request["server"]}, one["protocol"], state["said"])
            state["connected"] = True
            talk.begin()
            step(talk, request, one, state)
        except (OSError, EOFError) as error:
            state["problem"] = state["problem"] or why(error)
            state["said"].append(f"[{error}]")
            if not state["connected"]:
                break
        finally:
            if talk is not None:
                talk.close()
    return state


def stranger(talk: Talk, request: dict[str, Any], one: dict[str, Any], state: dict[str, Any]) -> None:
    """Nobody logs in: no password may be asked for in the clear, no recipient elsewhere taken."""
    if one["protocol"] == "submission":
        state["plain"] = "AUTH" in talk.hello()
        talk.cover()
    talk.hello()
    state["anonymous"] = talk.message(one["from"], request["elsewhere"], None)


def impostor(talk: Talk, request: dict[str, Any], one: dict[str, Any], state: dict[str, Any]) -> None:
    """A wrong password."""
    if one["protocol"] == "submission":
        talk.cover()
    talk.hello()
    state["wrong"] = talk.login(request["user"], request["password"][::-1] + "x")


def owner(talk: Talk, request: dict[str, Any], one: dict[str, Any], state: dict[str, Any]) -> None:
    """The right one, and a message."""
    if one["protocol"] == "submission":
        talk.cover()
    talk.hello()
    state["right"] = talk.login(request["user"], request["password"])
    if state["right"] == 235:
        state["sent"] = talk.message(one["from"], one["to"], one["data"])

"""POP3 (RFC 1939) with APOP: fetches the messages that bear a mark, and deletes those that the checks sent."""

from __future__ import annotations

import hashlib
import re
import socket
import time
from typing import Any

from verify.far.ours import is_whole
from verify.far.why import why

STAMP = re.compile(r"^\+OK\b.*(<[^<>@\s]+@[^<>@\s]+>)")
"""A greeting with a timestamp, in the form of a Message-ID (RFC 1939 7)."""
KEPT = 1500
PAUSE = 0.25
CALLED, HEARD = 10, 30
"""Seconds until a call is taken, and until each answer has come."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Fetch until every token of `tokens` was in a message, or the deadline has passed.

    Messages that hold `mark` are looked for. Of these, only whole ones of the checks' own are deleted (ours.py).
    """
    said: list[str] = []
    wrong = login_with_wrong_secret(request, said) if request.get("try_wrong") else None
    found: list[str] = []
    known: set[str] = set()
    state: dict[str, Any] = {}
    deadline = time.monotonic() + request.get("deadline", 10)
    while True:
        latest: list[str] = []
        state = session(request, found, latest, known)
        missing = [token for token in request["tokens"] if not any(token in message for message in found)]
        if not missing or not state["in"] or time.monotonic() > deadline:
            return {
                "messages": [message[:KEPT] for message in found],
                "seen": {token: token not in missing for token in request["tokens"]},
                "missing": missing,
                "said": said + latest,
                "wrong_refused": wrong,
                **state,
            }
        time.sleep(PAUSE)


class Line:
    """A connection to the server, and what was said."""

    def __init__(self, request: dict[str, Any], said: list[str]) -> None:
        """Call the server and hear its greeting."""
        self.said = said
        self._socket = socket.create_connection((request["server"], request["port"]), CALLED)
        self._socket.settimeout(HEARD)
        self._file = self._socket.makefile("rb")
        self.greeting = self.hear()

    def hear(self) -> str:
        """One line of the server."""
        raw = self._file.readline(65536)
        if not raw:
            raise EOFError("the server hung up")
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        self.said.append(f"< {text}")
        return text

    def say(self, words: str, shown: str = "") -> str:
        """Send a command; `shown` stands in the transcript where the command itself must not."""
        self.said.append(f"> {shown or words}")
        self._socket.sendall(words.encode() + b"\r\n")
        return self.hear()

    def lines(self) -> list[str]:
        """A reply of many lines, dots undone (RFC 1939 3)."""
        got: list[str] = []
        while True:
            raw = self._file.readline(1_000_000)
            if not raw:
                raise EOFError("the server hung up")
            text = raw.decode("utf-8", "replace").rstrip("\r\n")
            if text == ".":
                return got
            got.append(text[1:] if text.startswith(".") else text)

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


def apop(line: Line, user: str, password: str) -> str:
    """Log in with the digest of the greeting's timestamp and the secret; an empty answer: no timestamp, no APOP."""
    stamp = STAMP.search(line.greeting)
    if not stamp:
        return ""
    digest = hashlib.md5((stamp[1] + password).encode(), usedforsecurity=False).hexdigest()
    return line.say(f"APOP {user} {digest}", f"APOP {user} [digest]")


def login_with_wrong_secret(request: dict[str, Any], said: list[str]) -> bool | None:
    """Whether a wrong secret is refused; None: there was no APOP to try it with."""
    try:
        line = Line(request, said)
    except (OSError, EOFError) as error:
        said.append(f"[{error}]")
        return None
    try:
        answer = apop(line, request["user"], request["password"][::-1] + "x")
        return answer.startswith("-ERR") if answer else None
    except (OSError, EOFError):
        return True  # some servers hang up on a wrong secret
    finally:
        line.close()


def session(request: dict[str, Any], found: list[str], said: list[str], known: set[str]) -> dict[str, Any]:
    """One visit: fetch what bears the mark, adding it to `found`; `known` is what was looked at before."""
    state: dict[str, Any] = {"connected": False, "timestamp": False, "in": False, "problem": ""}
    try:
        line = Line(request, said)
    except (OSError, EOFError) as error:
        said.append(f"[{error}]")
        return {**state, "problem": why(error)}
    try:
        state["connected"] = True
        state["timestamp"] = STAMP.search(line.greeting) is not None
        answer = apop(line, request["user"], request["password"])
        state["in"] = answer.startswith("+OK")
        state["problem"] = "" if state["in"] else answer or "the greeting has no timestamp: APOP is off"
        if state["in"]:
            collect(line, request["mark"], found, known, request["tokens"])
    except (OSError, EOFError) as error:
        said.append(f"[{error}]")
        state.update(problem=why(error), **{"in": False})
    finally:
        line.close()
    return state


def collect(line: Line, mark: str, found: list[str], known: set[str], wanted: list[str]) -> None:
    """Fetch what is new since the last visit, from the end on, until all is there that is wanted; delete what is ours.

    A mailbox may hold thousands of messages of others. The server forgets the deleted ones at QUIT.
    """
    count = int(line.say("STAT").split()[1])
    ids = unique_ids(line)
    for number in range(count, 0, -1):
        if ids.get(number) in known:
            continue
        if wanted and all(any(token in message for message in found) for token in wanted):
            break
        if not line.say(f"RETR {number}").startswith("+OK"):
            continue
        message = "\n".join(line.lines())
        if mark in message and message not in found:
            found.append(message)
        if is_whole(message, mark):
            line.say(f"DELE {number}")
        elif number in ids:
            known.add(ids[number])
    line.say("QUIT")


def unique_ids(line: Line) -> dict[int, str]:
    """Number of a message → what the server calls it at every visit (RFC 1939 7); nothing where it has no UIDL."""
    if not line.say("UIDL").startswith("+OK"):
        return {}
    words = [entry.split(None, 1) for entry in line.lines()]
    return {int(word[0]): word[1] for word in words if len(word) == 2 and word[0].isdigit()}

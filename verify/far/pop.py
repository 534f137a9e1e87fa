"""POP3 (RFC 1939) with APOP: fetches the messages that bear a mark, and deletes those that the checks sent."""

from __future__ import annotations

import poplib
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from verify.far.ours import is_whole

STAMP = re.compile(r"^\+OK\b.*(<[^<>@\s]+@[^<>@\s]+>)")
"""A greeting with a timestamp, in the form of a Message-ID (RFC 1939 7)."""
NO_APOP = "the greeting has no timestamp: APOP is off"
HUNG_UP = "-ERR EOF"
"""What poplib calls it."""
KEPT = 1500
# poplib gives up at lines of 2048 bytes, and what others have sent to this mailbox may hold longer ones: not all keep
# RFC 5322's 998. Nothing but this number says where it gives up.
poplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]
PAUSE = 0.25


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Fetch until every token of `tokens` was in a message, or the deadline has passed.

    Messages that hold `mark` are looked for. Of these, only whole ones of the checks' own are deleted (ours.py).
    """
    said: list[str] = []
    wrong = login_with_wrong_secret(request, said) if request.get("try_wrong") else None
    found: list[str] = []
    state: dict[str, Any] = {}
    deadline = time.monotonic() + request.get("deadline", 10)
    while True:
        latest: list[str] = []
        state = session(request, found, latest)
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


class Line(poplib.POP3):
    """A connection to the server, and what was said."""

    def __init__(self, request: dict[str, Any], said: list[str]) -> None:
        """Call the server and hear its greeting."""
        self.said = said
        try:
            super().__init__(request["server"], request["port"], timeout=request.get("timeout", 10))
        except (OSError, poplib.error_proto):
            if hasattr(self, "file"):
                self.close()
            raise
        said.append(f"< {shown(self.welcome)}")
        self.stamped = STAMP.search(shown(self.welcome)) is not None

    def say(self, words: str, command: Callable[[], Any]) -> Any:
        """Send a command and return what poplib makes of the reply, both written down; error_proto where it is refused.

        Args:
            words: the command as the transcript shows it.
            command: what of poplib sends it.
        """
        self.said.append(f"> {words}")
        try:
            answer = command()
        except poplib.error_proto as refused:
            self.said.append(f"< {shown(refused)}")
            raise
        first = answer[0] if isinstance(answer, tuple) else answer
        self.said.append(f"< {shown(first) if isinstance(first, bytes) else answer}")
        return answer


def shown(answer: object) -> str:
    """What the server said, or how poplib calls it, as text."""
    words = answer.args[0] if isinstance(answer, poplib.error_proto) and answer.args else answer
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def apop(line: Line, user: str, password: str) -> None:
    """Log in with the digest of the greeting's timestamp and the secret; error_proto where one is not let in."""
    if not line.stamped:
        raise poplib.error_proto(NO_APOP)
    line.say(f"APOP {user} [digest]", lambda: line.apop(user, password))


def login_with_wrong_secret(request: dict[str, Any], said: list[str]) -> bool | None:
    """Whether a wrong secret is refused; None: there was no APOP to try it with."""
    try:
        line = Line(request, said)
    except (OSError, poplib.error_proto) as error:
        said.append(f"[{shown(error)}]")
        return None
    try:
        apop(line, request["user"], request["password"][::-1] + "x")
    except (OSError, poplib.error_proto):
        return line.stamped or None  # some servers hang up on a wrong secret
    finally:
        line.close()
    return False


def session(request: dict[str, Any], found: list[str], said: list[str]) -> dict[str, Any]:
    """One visit: fetch what bears the mark, adding it to `found`."""
    state: dict[str, Any] = {"connected": False, "timestamp": False, "in": False, "problem": ""}
    try:
        line = Line(request, said)
    except (OSError, poplib.error_proto) as error:
        said.append(f"[{shown(error)}]")
        greeted = isinstance(error, poplib.error_proto) and shown(error) != HUNG_UP
        return {**state, "connected": greeted, "problem": shown(error)}
    state.update(connected=True, timestamp=line.stamped)
    try:
        apop(line, request["user"], request["password"])
        state["in"] = True
        collect(line, request["mark"], found)
    except (OSError, poplib.error_proto) as error:
        said.append(f"[{shown(error)}]")
        state.update(problem=shown(error), **{"in": False})
    finally:
        line.close()
    return state


def collect(line: Line, mark: str, found: list[str]) -> None:
    """Fetch every message, delete those that the checks sent; the server forgets them at QUIT."""
    count, _ = line.say("STAT", line.stat)
    for number in range(1, count + 1):
        try:
            _, lines, _ = line.say(f"RETR {number}", partial(line.retr, number))
        except poplib.error_proto as refused:
            if shown(refused) == HUNG_UP:
                raise
            continue
        message = "\n".join(shown(one) for one in lines)
        if mark in message and message not in found:
            found.append(message)
        if is_whole(message, mark):
            line.say(f"DELE {number}", partial(line.dele, number))
    line.say("QUIT", line.quit)

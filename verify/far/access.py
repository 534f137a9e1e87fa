"""A mailbox as its owner reads it: IMAP (RFC 9051) and POP3 (RFC 1939), over TLS from the start or after STARTTLS.

Passwords go through TLS alone, to a server whose certificate this computer trusts for its name.
"""

from __future__ import annotations

import re
import time
from typing import Any

from verify.far.mailbox_call import Mailbox
from verify.far.ours import is_whole
from verify.far.why import why

PAUSE = 0.5
KEPT = 1500
LATEST = 60
"""Messages at the end of a mailbox that POP3 looks through: it has no search."""
LITERAL = re.compile(rb"\{([0-9]+)\}\r?\n$")


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Fetch until every one of `tokens` was in a message, or `deadline` seconds are over; then try each protocol.

    Args in the request: `server`, `name` (of its certificate), `protocols`, `user`, `password`, `mark` (what is ours),
    `tokens`, `probe` (the token that each protocol must find), `deadline`.

    Answers as pop.py does, and `each`: protocol → connected, plain (passwords before TLS), in, wrong_refused, there,
    problem, said.
    """
    found: dict[str, str] = {}
    deadline = time.monotonic() + request["deadline"]
    while True:
        state = visit_any(request, found)
        missing = [token for token in request["tokens"] if not any(token in text for text in found.values())]
        if not missing or not state["in"] or time.monotonic() > deadline:
            break
        time.sleep(PAUSE)
    each = {protocol: probed(request, protocol) for protocol in request["protocols"]}
    tidy(request)
    return {
        "messages": [text[:KEPT] for text in found.values()],
        "seen": {token: token not in missing for token in request["tokens"]},
        "missing": missing,
        "timestamp": False,
        "wrong_refused": all(one["wrong_refused"] for one in each.values()),
        "each": each,
        **state,
    }


class Imap(Mailbox):
    """IMAP."""

    def __init__(self, request: dict[str, Any], protocol: str) -> None:
        """Call the server."""
        self._count = 0
        self._more: list[bytes] = []
        super().__init__(request, protocol)

    def ask(self, words: str, shown: str = "") -> bool:
        """A command; its untagged answers are kept, literals in them whole. Whether it is done."""
        self._count += 1
        self._more = []
        tag = f"a{self._count}"
        self.send(f"{tag} {words}", f"{tag} {shown}" if shown else "")
        while True:
            line = self.raw()
            if line.startswith(tag.encode() + b" "):
                self.said.append(f"< {line.decode('utf-8', 'replace').rstrip()}")
                return line.split()[1:2] == [b"OK"]
            self._more.append(self._with_literals(line))

    def takes_passwords(self) -> bool:
        """RFC 9051 7.2.2: who shuts LOGIN says so."""
        asked = self.ask("CAPABILITY")
        told = [line.upper().split() for line in self._more if line.upper().startswith(b"* CAPABILITY")]
        return asked and bool(told) and not any(b"LOGINDISABLED" in words for words in told)

    def _with_literals(self, line: bytes) -> bytes:
        """A line with the literals that follow in it, between NULs."""
        literal = LITERAL.search(line)
        while literal:
            line = line[: literal.start()] + b"\0" + self.read(int(literal[1])) + b"\0" + self.raw()
            literal = LITERAL.search(line)
        return line

    def login(self, user: str, password: str) -> str:
        """Empty when it lets him in, else what it says."""
        words = " ".join('"{}"'.format(one.replace("\\", "\\\\").replace('"', '\\"')) for one in (user, password))
        return "" if self.ask(f"LOGIN {words}", f"LOGIN {user} [password]") else self.said[-1]

    def messages(self, mark: str) -> dict[str, str]:
        """UID → text of each message with the mark."""
        self.ask("SELECT INBOX")
        if not self.ask(f'UID SEARCH TEXT "{mark}"'):
            return {}
        uids = [word.decode() for line in self._more if line.startswith(b"* SEARCH") for word in line.split()[2:]]
        found = {}
        for uid in uids[-LATEST:]:
            if self.ask(f"UID FETCH {uid} BODY.PEEK[]"):
                text = b"".join(line.split(b"\0")[1] for line in self._more if b"\0" in line)
                found[uid] = text.decode("utf-8", "replace").replace("\r\n", "\n")
        return found

    def remove(self, uid: str) -> None:
        """Delete it."""
        self.ask(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")

    def leave(self) -> None:
        """What was deleted goes."""
        self.ask("EXPUNGE")
        self.ask("LOGOUT")


class Pop(Mailbox):
    """POP3."""

    STARTS_TLS = "STLS"

    def ask(self, words: str, shown: str = "") -> bool:
        """A command; whether it is done."""
        self.send(words, shown)
        return self.hear().startswith("+OK")

    def takes_passwords(self) -> bool:
        """RFC 2449: USER, or a way of SASL's that sends them as they are."""
        if not self.ask("CAPA"):
            return False
        told = [line.upper().split() for line in iter(self.hear, ".")]
        return any(words[:1] == ["USER"] or (words[:1] == ["SASL"] and "PLAIN" in words) for words in told)

    def login(self, user: str, password: str) -> str:
        """Empty when it lets him in, else what it says."""
        done = self.ask(f"USER {user}") and self.ask(f"PASS {password}", "PASS [password]")
        return "" if done else self.said[-1]

    def messages(self, mark: str) -> dict[str, str]:
        """Number → text of each message with the mark, among the latest."""
        if not self.ask("STAT"):
            return {}
        count = int(self.said[-1].split()[2])
        texts = {str(number): self._text(number) for number in range(count, max(0, count - LATEST), -1)}
        return {number: text for number, text in texts.items() if mark in text}

    def _text(self, number: int) -> str:
        if not self.ask(f"RETR {number}"):
            return ""
        lines = []
        line = self.raw().rstrip(b"\r\n")
        while line != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
            line = self.raw().rstrip(b"\r\n")
        return b"\n".join(lines).decode("utf-8", "replace") + "\n"

    def remove(self, number: str) -> None:
        """Delete it."""
        self.ask(f"DELE {number}")

    def leave(self) -> None:
        """What was deleted goes."""
        self.ask("QUIT")


def opened(request: dict[str, Any], protocol: str) -> Mailbox:
    """A connection by a protocol."""
    return (Imap if protocol.startswith("imap") else Pop)(request, protocol)


def visit_any(request: dict[str, Any], found: dict[str, str]) -> dict[str, Any]:
    """Fetch what bears the mark by the first protocol that lets in; what came of it."""
    state: dict[str, Any] = {"connected": False, "in": False, "problem": "no protocol", "said": []}
    for protocol in request["protocols"]:
        state = visit(request, protocol, found)
        if state["in"]:
            break
    return state


def visit(request: dict[str, Any], protocol: str, found: dict[str, str], password: str = "") -> dict[str, Any]:
    """Log in and fetch, adding to `found`."""
    state: dict[str, Any] = {"connected": False, "in": False, "asked": False, "problem": "", "said": [], "plain": False}
    try:
        box: Any = opened(request, protocol)
    except (OSError, EOFError, ValueError) as error:
        return {**state, "problem": why(error), "said": [f"{protocol}: [{why(error)}]"]}
    try:
        state["connected"] = True
        box.begin()
        state["problem"] = box.login(request["user"], password or request["password"])
        state.update(asked=True, **{"in": not state["problem"]})
        if state["in"] and not password:
            found.update({f"{protocol} {key}": text for key, text in box.messages(request["mark"]).items()})
    except (OSError, EOFError, ValueError, IndexError) as error:
        state.update(problem=why(error), **{"in": False})
    finally:
        state.update(said=[f"{protocol}: {line}" for line in box.said], plain=box.plain)
        box.close()
    return state


def probed(request: dict[str, Any], protocol: str) -> dict[str, Any]:
    """What one protocol does: with a wrong password, and with the right one."""
    wrong = visit(request, protocol, {}, request["password"][::-1] + "x")
    found: dict[str, str] = {}
    state = visit(request, protocol, found)
    there = any(request["probe"] in text for text in found.values())
    refused = wrong["asked"] and not wrong["in"]
    return {**state, "there": there, "wrong_refused": refused, "said": wrong["said"] + state["said"]}


def tidy(request: dict[str, Any]) -> None:
    """Delete what the checks sent themselves, by the first protocol that lets in."""
    for protocol in request["protocols"]:
        try:
            box: Any = opened(request, protocol)
        except OSError:
            continue
        try:
            box.begin()
            if not box.login(request["user"], request["password"]):
                for key, text in box.messages(request["mark"]).items():
                    if is_whole(text, request["mark"]):
                        box.remove(key)
                box.leave()
                return
        except (OSError, EOFError, ValueError, IndexError):
            continue
        finally:
            box.close()

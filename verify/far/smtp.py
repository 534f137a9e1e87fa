"""SMTP conversations (RFC 5321), each on a connection of its own, written down word by word."""

from __future__ import annotations

import smtplib
from typing import Any


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


class Line(smtplib.SMTP):
    """A connection and the transcript of what was said over it."""

    def __init__(self, helo: str, timeout: float) -> None:
        """Nobody is called yet."""
        super().__init__(local_hostname=helo, timeout=timeout)
        self.command_encoding = "utf-8"  # an address goes out as it stands
        self.said: list[str] = []
        self.called = False

    def call(self, address: str, port: int) -> int:
        """Call the server and hear its greeting; OSError where nobody takes the call."""
        try:
            reply = self.connect(address, port)
        except smtplib.SMTPException:
            self.called = True  # somebody took it, and said nothing
            raise
        self.called = True
        return self._heard(reply)

    def say(self, words: str) -> int:
        """Send a command and hear the reply."""
        self.said.append(f"> {words}")
        # Not `mail` and `rcpt`: they rewrite addresses, and a relay's tricks are in how an address is written.
        return self._heard(self.docmd(words))

    def send_letter(self, message: str, codes: dict[str, int]) -> None:
        """Send a message; the codes of DATA and, where that was taken, of the message are put into `codes`."""
        lines = message.splitlines()
        self.said.append("> DATA")
        try:
            reply = self.data("\r\n".join(lines).encode())
        except smtplib.SMTPDataError as refused:
            codes["data"] = self._heard((refused.smtp_code, refused.smtp_error))
            return
        codes["data"] = 354
        self.said += ["< 354", f"> [message of {len(lines)} lines]"]
        codes["sent"] = self._heard(reply)

    def _heard(self, reply: tuple[int, bytes | str]) -> int:
        code, text = reply
        lines = (text if isinstance(text, str) else text.decode("utf-8", "replace")).split("\n")
        self.said += [*(f"< {code}-{line}" for line in lines[:-1]), f"< {code} {lines[-1]}"]
        return max(code, 0)  # -1: what was heard is no reply


def converse(request: dict[str, Any], dialogue: dict[str, Any]) -> dict[str, Any]:
    """One conversation: reply codes by step, and the transcript."""
    codes: dict[str, int] = {}
    line = Line(request["helo"], request.get("timeout", 10))
    try:
        codes["banner"] = line.call(request["server"], request["port"])
        codes["helo"] = line.say(f"HELO {request['helo']}")
        codes["mail"] = line.say(f"MAIL FROM:<{dialogue['from']}>")
        codes["rcpt"] = line.say(f"RCPT TO:<{dialogue['to']}>")
        if codes["rcpt"] // 100 == 2 and dialogue.get("data"):
            line.send_letter(dialogue["data"], codes)
        codes["quit"] = line.say("QUIT")
    except OSError as error:  # smtplib's own are of this kind
        if not line.called:
            return {"codes": codes, "said": [f"no connection: {error}"], "connected": False}
        line.said.append(f"[{error}]")
    finally:
        line.close()
    return {"codes": codes, "said": line.said, "connected": True}

"""The messages that the checks send: who to whom, marked so that they are found again and removed. Pure."""

from __future__ import annotations

import email.utils
import secrets
from dataclasses import dataclass

MARK = "irekae-check"
BULK = range(60)
OVER_IPV6 = "plain, over IPv6"
"""The trick that is none, tried at the other address."""


@dataclass(frozen=True)
class Letter:
    """One message.

    Attributes:
        key: what it is for, e.g. "domain:epa.scitec.kobe-u.ac.jp".
        token: stands in its header and body, and in no other message.
    """

    key: str
    token: str
    sender: str
    recipient: str
    to: str

    def text(self) -> str:
        """The message (RFC 5322), longer than one packet: where a path is narrow, such are lost and others are not."""
        return "\n".join(
            [
                f"From: <{self.sender}>",
                f"To: <{self.to}>",
                f"Subject: {self.token}",
                f"Message-ID: <{self.token}@irekae.invalid>",
                f"Date: {email.utils.formatdate(localtime=True)}",
                "",
                f"This message was sent to see whether it arrives. {self.token}",
                "It is removed again.",
                *[f"line {number:03} of a message that fills several packets, as many do" for number in BULK],
            ]
        )


class Post:
    """Makes the letters of one run; `mark` stands in each of them and in those of no other run."""

    def __init__(self) -> None:
        """Choose the mark of the run."""
        self.mark = f"{MARK}-{secrets.token_hex(6)}"
        self._count = 0

    def letter(self, key: str, sender: str, recipient: str, to: str = "") -> Letter:
        """A letter with a token of its own."""
        self._count += 1
        return Letter(key, f"{self.mark}-{self._count:03}x", sender, recipient, to or recipient)


def relay_tricks(victim: str, own: str) -> dict[str, str]:
    """Recipients that a relay would pass on to `victim`, by the name of the trick.

    Args:
        victim: an address elsewhere.
        own: a domain for which the server takes mail.
    """
    user, _, domain = victim.partition("@")
    return {
        "plain": victim,
        "percent": f"{user}%{domain}@{own}",
        "source route": f"@{own}:{victim}",
        "bang path": f"{domain}!{user}@{own}",
        "quoted": f'"{victim}"@{own}',
        "own domain inside": f"{user}@{own}.{domain}",
        "two at signs": f"{victim}@{own}",
    }

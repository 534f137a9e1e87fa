"""Tells the messages that the checks have sent from everything else that may hold their mark. Pure."""

from __future__ import annotations

import re

MESSAGE_ID = re.compile(r"^message-id:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
FIELD = re.compile(r"[!-9;-~]+:|[ \t]|From ")
"""How a line of a header begins (RFC 5322 2.2, its continuation 2.2.3); a mailbox puts its own line before it."""
NO_SENDER = re.compile(r"^return-path:\s*<(?:#@\[\])?>\s*$", re.IGNORECASE | re.MULTILINE)
"""A bounce has no sender (RFC 5321 4.5.5); qmail's of a bounce has one that nobody else has."""
LETTER = re.compile(r"^From: .*\nTo: .*\nSubject: (?P<token>\S+)\nMessage-ID: <(?P=token)@irekae\.invalid>\n")
"""How letters.py's text begins: of what `mail` was given, all of it is the body."""


def is_whole(text: str, mark: str) -> bool:
    """Whether a text is one message, all of it, and one that the checks sent, or its bounce.

    Its Message-ID and its token must be ours: a file that quotes us, an index, a digest, a mailbox of several is not.

    Args:
        text: the file.
        mark: stands in every token of the run.
    """
    text = text.replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    if not all(FIELD.match(line) for line in head.split("\n")) or "\nFrom " in text:
        return False
    ours = re.compile(rf"<{re.escape(mark)}-\d+x@irekae\.invalid>")
    heads, bodies = ([bool(ours.fullmatch(found)) for found in MESSAGE_ID.findall(part)] for part in (head, body))
    if heads == [True]:
        return mark in body and all(bodies)
    inside = bodies == [True]
    return inside and bool(NO_SENDER.search(head) or LETTER.match(body))


def messages_of(mailbox: str) -> list[str]:
    """The messages of a mailbox file; a line `From ` begins each (mbox(5))."""
    return [part for part in re.split(r"(?m)^(?=From )", mailbox) if part.strip()]

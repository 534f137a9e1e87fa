"""What a check asked and what came back, with the time it took and from where it looked."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from dataclasses import dataclass

from irekae.model import secrecy
from irekae.model.legible import legible
from irekae.model.results import Evidence

LONGEST = 4000
"""Characters of an answer that are kept; the middle of a longer one is left out."""

SEAT = "seat"


@dataclass(frozen=True)
class Start:
    """The moment at which a question was put.

    Attributes:
        at: ISO 8601 with a zone.
        clock: the monotonic clock, seconds.
    """

    at: str
    clock: float

    def heard(self, asked: str, answered: str | bytes, seen_from: str = SEAT) -> Evidence:
        """The exchange that ends now, without what stands behind a password-like key in it."""
        return Evidence(fit(asked), fit(answered), seen_from, self.at, self.took())

    def took(self) -> float:
        """Seconds since then."""
        return round(time.monotonic() - self.clock, 3)


def start() -> Start:
    """Take the time before a question."""
    return Start(datetime.datetime.now().astimezone().isoformat(timespec="milliseconds"), time.monotonic())


def fit(text: str | bytes) -> str:
    """`text` as it may be kept and shown."""
    text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return clipped(legible(secrecy.blanked(text)))


def clipped(text: str) -> str:
    """`text` without its middle where it is longer than LONGEST, saying how much is missing."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def blanked(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret in it replaced; the longest first, since one may contain another."""
    for secret in sorted({secret for secret in secrets if secret}, key=len, reverse=True):
        text = text.replace(secret, "[blanked]")
    return text


def without_secrets(evidence: Evidence, secrets: Iterable[str]) -> Evidence:
    """The same exchange, fit to be kept and shown."""
    known = list(secrets)
    asked, answered = blanked(evidence.asked, known), blanked(evidence.answered, known)
    return Evidence(asked, answered, evidence.seen_from, evidence.at, evidence.took)

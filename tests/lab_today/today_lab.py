"""The lab of the pair of today: where its services are, and what another computer gets of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.driver import Lab

CACHE = Path("/var/cache/irekae-lab")
MARS, MARS6, VENUS = "192.0.2.10", "2001:db8:5::10", "192.0.2.11"
THIRD = "192.0.2.66"  # of pluto


@dataclass(frozen=True)
class TodayLab(Lab):
    """The lab, its words, and programs run on pluto, which has no part in the pair."""

    profile: str = "today"

    def word(self, name: str) -> str:
        """A word that image and tests share."""
        return (CACHE / f"secret-{name}").read_text()

    def password(self, user: str) -> str:
        """With which the user logs in: to the host and to the mailbox."""
        return f"{user}-{self.word('users')}"

    def outside(self, program: str, *arguments: str) -> Any:
        """What a Python program prints on pluto, as JSON; it has `out(value)` to print with."""
        head = "import json, sys\n\n\ndef out(value):\n    print(json.dumps(value))\n\n\n"
        return self.python("outside", head + program, *arguments)

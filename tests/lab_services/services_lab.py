"""The lab of the tests of its services: where these are."""

from __future__ import annotations

from dataclasses import dataclass

from tests.driver import Lab


@dataclass(frozen=True)
class ServicesLab(Lab):
    """The lab, and where its services are."""

    domain: str = "scitec.kobe-u.ac.jp"
    ika: str = "198.51.100.21"
    tako: str = "198.51.100.22"

    def secret(self, name: str) -> str:
        """One of the seat's secrets: `pop` or `gate`."""
        section = (self.seat / "secrets.toml").read_text().partition(f"[{name}]")[2]
        return section.partition('password = "')[2].partition('"')[0]

"""Who the faults are about: the pair of a lab, what its site has, and who of it plays which part."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lab.profile import Machine, Profile, load
from tests.driver import PROJECT

CASTS = Path(__file__).parent / "casts"


@dataclass(frozen=True)
class Cast:
    """One pair.

    Attributes:
        profile: of the lab.
        facts: of casts/NAME.toml.
    """

    profile: Profile
    facts: dict[str, Any]

    @property
    def site_file(self) -> Path:
        """The pair's site.toml; manual.toml stands beside it."""
        return self.profile.site or PROJECT / "site.toml"

    @cached_property
    def site(self) -> dict[str, Any]:
        """What is written in it."""
        return tomllib.loads(self.site_file.read_text(encoding="utf-8"))

    @property
    def production(self) -> Machine:
        """Machine a, with the name and the addresses that it bears before the swap."""
        return self.profile.pair[0]

    @property
    def standby(self) -> Machine:
        """Machine b, likewise."""
        return self.profile.pair[1]

    def __getitem__(self, part: str) -> str:
        """Who or what of the pair plays a part (`[parts]` of its file)."""
        return str(self.facts["parts"][part])

    def ours(self, text: str) -> str:
        """A text with `@part@` in it, and @production@, @standby@, @at-production@, @at-standby@ (their addresses)."""
        both = {"production": self.production, "standby": self.standby}
        known = {name: machine.name for name, machine in both.items()}
        known |= {f"at-{name}": machine.address for name, machine in both.items()} | self.facts["parts"]
        return re.sub(r"@([a-z-]+)@", lambda found: str(known[found[1]]), text)

    @property
    def mail(self) -> str:
        """The mail system, "" for none."""
        table = self.site.get("mail")
        return "" if table is None else str(table.get("system", "qmail"))

    def plays(self, needs: tuple[str, ...]) -> bool:
        """Whether the pair has all that a fault needs.

        Args:
            needs: an init system, a network manager, a mail system, "ipv6", a pair's name, or what an item may need
                ("mail.lists").
        """
        own = {self.profile.init, self.mail, self.profile.name}
        own |= set(self.facts["network"].values())
        own |= {"ipv6"} if self.production.ipv6 else set()
        return all(need in own or _declared(self.site, need) for need in needs)


def _declared(site: dict[str, Any], need: str) -> bool:
    return any(_there(site, name.split(".")) for name in need.split("|"))


def _there(node: Any, steps: list[str]) -> bool:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return bool(node)


def cast(site: str = "") -> Cast:
    """The cast of a pair; without a name of the default one.

    Raises:
        LabError: there is no such profile.
        FileNotFoundError: the faults know nothing of it.
    """
    profile = load(site)
    return Cast(profile, tomllib.loads((CASTS / f"{profile.name}.toml").read_text(encoding="utf-8")))

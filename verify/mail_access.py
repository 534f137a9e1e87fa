"""Mail as its user meets it from another computer: fetched over IMAP and POP3, submitted with a login, all over TLS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irekae.site.inventory import HostEntry
from irekae.site.site import Pop, Site, needed
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.letters import Letter

PORTS = {
    "apop": 110, "imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995,
    "submission": 587, "submissions": 465, "smtp": 25, "https": 443,
}  # fmt: skip
SLOWEST = 300.0
"""Seconds for all that a server is asked which answers late."""


@dataclass(frozen=True)
class Access:
    """The checks' own user at a server, asked for from another computer.

    Attributes:
        outside: that computer.
        server: production.
        site: what site.toml says.
        password: of `[pop] user`.
    """

    outside: PinnedSsh
    server: HostEntry
    site: Site
    password: str

    @property
    def _pop(self) -> Pop:
        return needed(self.site.pop)

    def _common(self) -> dict[str, Any]:
        name = self._pop.name or self.site.site.service_name
        return {
            "server": self.server.address, "name": name, "user": self._pop.user, "password": self.password,
        }  # fmt: skip

    def fetch(self, mark: str, tokens: list[str], deadline: float) -> dict[str, Any]:
        """Fetch the messages with the tokens, then try each protocol: far/access.py's answer, with the evidence."""
        began = start()
        request = {"protocols": self._pop.access, "mark": mark, "tokens": tokens, "deadline": deadline}
        probe = tokens[0] if tokens else mark
        answer = self.outside.far("access", {**self._common(), **request, "probe": probe}, timeout=SLOWEST)
        asked = f"{', '.join(self._pop.access)} to {self.server.name} as {self._pop.user}"
        answer["evidence"] = began.heard(asked, "\n".join(answer["said"]), self.outside.entry.name)
        for protocol, state in answer["each"].items():
            asked = f"{protocol} to {self.server.name} ({self.server.address}:{PORTS[protocol]}) as {self._pop.user}"
            state["evidence"] = began.heard(asked, "\n".join(state["said"]), self.outside.entry.name)
        return answer

    def submit(self, letters: dict[str, Letter], helo: str, elsewhere: str) -> dict[str, Any]:
        """Submit a letter by each protocol: far/submit.py's answer by protocol, with the evidence."""
        began = start()
        tries = [
            {"id": name, "protocol": name, "from": one.sender, "to": one.recipient, "data": one.text()}
            for name, one in letters.items()
        ]
        tries += [
            {"id": f"{name} at {address}", "protocol": name, "from": one.sender, "server": address}
            for name, one in letters.items()
            for address in self.server.addresses[1:]
        ]
        request = {**self._common(), "tries": tries, "helo": helo, "elsewhere": elsewhere}
        answer: dict[str, Any] = self.outside.far("submit", request, timeout=SLOWEST)["submitted"]
        for protocol, state in answer.items():
            name, _, address = protocol.partition(" at ")
            asked = f"{name} to {self.server.name} ({address or self.server.address}:{PORTS[name]})"
            state["evidence"] = began.heard(asked, "\n".join(state["said"]), self.outside.entry.name)
        return answer

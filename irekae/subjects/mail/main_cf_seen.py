"""What postfix itself says of its configuration on a host, and of one that it would have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from irekae.host.host import Host
from irekae.subjects.mail.address_classes import CLASSES, literal, read_directly, tables


@dataclass(frozen=True)
class MainCf:
    """main.cf of a host, in a folder."""

    host: Host
    folder: str

    def settings(self, *names: str, over: Mapping[str, str] | None = None, defaults: bool = False) -> dict[str, str]:
        """Parameters, other parameters filled in; empty for one that there is not.

        Args:
            names: the parameters.
            over: what stands in the place of what main.cf says.
            defaults: postfix's own values in the place of main.cf's.
        """
        others = [word for name, value in (over or {}).items() for word in ("-o", f"{name}={value}")]
        shown = self.host.query("postconf", "-c", self.folder, "-dx" if defaults else "-x", *others, *names).text
        found = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in shown.splitlines())}
        return {name: found.get(name, "") for name in names}

    def within(self, settings: Mapping[str, str], domains: Iterable[str]) -> dict[str, set[str]]:
        """By table of a class, those of the domains that are in it; asked for are those that no class names itself."""
        named = set().union(*(literal(settings[name]) for name in CLASSES))
        asked = sorted({one.lower() for one in domains} - named)
        found = {table: set[str]() for name in CLASSES for table in tables(settings[name])}
        pairs = [(table, domain) for table in found if ":" in table for domain in asked]
        looks = self.host.look_at_all([self._asking(table, domain) for table, domain in pairs])
        for (table, domain), look in zip(pairs, looks, strict=True):
            found[table] |= {domain} if look.text.strip() else set()
        for path in [table for table in found if ":" not in table and asked]:
            held = self.host.find(path)
            found[path] = {*asked} & {*(held.data if held else b"").decode("utf-8", "replace").lower().split()}
        return found

    def _asking(self, table: str, domain: str) -> Sequence[str]:
        return ["postmap", "-c", self.folder, "-q", domain, read_directly(table)]

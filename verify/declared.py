"""What is declared of the site: the facts of site.toml, and before them the manual's own words (manual.toml)."""

from __future__ import annotations

from dataclasses import dataclass

from irekae.site.inventory import Inventory
from irekae.site.manual import Manual, Users, load_manual
from irekae.site.site import MailingList, Service, Site, has, load_site, needed
from verify.kinds import KINDS, names_of
from verify.selection import Role

LOCAL = "localhost"


@dataclass(frozen=True)
class Declared:
    """Both statements; where the manual says nothing, site.toml's word alone counts.

    Attributes:
        site: what the tasks go by too.
        manual: what they never read.
    """

    site: Site
    manual: Manual

    def has(self, need: str) -> bool:
        """Whether the site, or the manual ("manual.running"), has what a check is about; as `Site.has`.

        "off.web": the standby's web server is to be off; so it is where no service is declared to be one.
        """
        if need.startswith("off."):
            return self._is_off(need[4:])
        return any(has(self if one.startswith("manual.") else self.site, one) for one in need.split("|"))

    def _is_off(self, kind: str) -> bool:
        names = [name for one in KINDS if one == kind for name in names_of(self.site, one)]
        return all(self.state_of(name, self.site.services[name], "standby") == "off" for name in names)

    def state_of(self, name: str, service: Service, role: Role) -> str:
        """Whether a service is to be "on" or "off" in a role, or "any"; the manual's word goes before site.toml's."""
        own = service.production if role == "production" else service.standby
        return self.said_of(role).get(name, own)

    def said_of(self, role: Role) -> dict[str, str]:
        """Service → "on" or "off" in a role, by the manual."""
        if role == "backup":
            return {}
        on, off = self.manual.running.get(role, ()), self.manual.not_running.get(role, ())
        return dict.fromkeys(on, "on") | dict.fromkeys(off, "off")

    def ports_of(self, name: str, service: Service) -> list[str]:
        """Where a service listens, by either statement."""
        return sorted({*service.ports, *self.manual.ports.get(name, ())})

    @property
    def domains(self) -> list[str]:
        """The mail domains, of either statement."""
        return sorted({*self.domains_of("production"), *self.site.domains}) if self.site.mail else []

    def domains_of(self, role: Role) -> list[str]:
        """The domains that a role takes mail for, itself among them (7.1, 7.2)."""
        own = [LOCAL, *self.site.domains] if role == "production" else [LOCAL]
        return sorted((self.manual.domains.get(role) if role != "backup" else None) or own)

    def own_name(self, inventory: Inventory) -> str:
        """Production's own name in mail (7.2)."""
        return self.manual.fqdn or inventory.production.fqdn

    @property
    def resolv_conf(self) -> list[str]:
        """Production's lines of resolv.conf (7.6)."""
        return self.manual.resolv_conf or ["nameserver 127.0.0.1", f"search {needed(self.site.dns).search}"]

    def bouncer_lines(self, listed: MailingList) -> list[str]:
        """What a list's bouncer holds (7.4)."""
        return self.manual.bouncers.get(listed.address, listed.bouncer_lines)

    @property
    def users(self) -> range:
        """Numbers of those whose accounts go over (3.4)."""
        said = self.manual.users or Users(self.site.accounts.uid_min, self.site.accounts.uid_max)
        return range(said.first, said.last + 1)


def load_declared(inventory: Inventory) -> Declared:
    """Read both files.

    Raises:
        SwapError: what is wrong in one of them (exit status 2).
    """
    site = load_site(inventory)
    return Declared(site, load_manual(inventory, site))

"""exim4 as Debian has it: update-exim4.conf.conf, of which update-exim4.conf makes the configuration.

Whether a recipient is local is decided anew at every attempt. exim delivers what a program submits at once, whether or
not its daemon runs: at rest (1.3) it is told to queue only. The standby has no domain but localhost, and what its
programs send without a domain goes to [mail] origin, or the administrators' one, which is production's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from irekae.host.back import HARMLESS, Back
from irekae.host.daemons import Daemons
from irekae.host.host import Host
from irekae.host.remote import Link
from irekae.model.errors import SwapError
from irekae.model.items import On
from irekae.site.mail import Exim
from irekae.site.site import Site
from irekae.subjects.mail import origin
from irekae.subjects.mail.adapter import Message
from irekae.subjects.mail.debian_exim import value_of, with_macros, with_values
from irekae.subjects.mail.exim_today import Today, changes, domains
from irekae.subjects.mail.tables import Table, built_by_exim, of_exim
from irekae.swap.obstacle import Obstacle

LOCAL = "localhost"
SETTINGS, PLAIN = "update-exim4.conf.conf", "exim4.conf"
# Read before everything else: of the one big template, and of the split one.
MACROS = {False: "exim4.conf.localmacros", True: "conf.d/main/000_localmacros"}
REST = {"queue_only": "true", "hold_domains": "*"}
MATCHES = ("${if", "match_domain{DOMAIN}{+local_domains:+relay_to_domains}{yes}{no}}")


class EximSystem:
    """exim4 as site.toml has it."""

    name = "exim4"
    tries_itself = False

    def __init__(self, site: Site, mail: Exim) -> None:
        """Nothing is looked at yet."""
        self.site = site
        self.mail = mail
        self.looks = "exim4 -bp"
        self._local = sorted({LOCAL, *(domain.lower() for domain in mail.domains)})

    # --- the queue ---

    def queued(self, link: Link) -> list[Message]:
        """Each message; none where it is not laid out as exim's."""
        return link.ask("exim_queue", queue=self.mail.queue, domains=self._local) or []

    def try_all(self, host: Host, daemons: Daemons) -> None:
        """A queue run of local deliveries, which goes on by itself."""
        host.link.ask("spawn", argv=["exim4", "-qfl"], log=f"{self.site.site.state}/mail/drain.log")

    def is_busy(self, host: Host, daemons: Daemons) -> bool:
        """Is local mail among what it tries just now."""
        return any(one.get("busy") and one["local"] for one in self.queued(host.link))

    def rest(self, host: Host) -> None:
        """Queue only, whoever submits; a boot in between doesn't change that."""
        self._configure(host, {}, REST)

    def hold(self, link: Link, folder: str) -> list[Message]:
        """By the domains of the site."""
        found: list[Message] = link.ask("exim_hold", queue=self.mail.queue, folder=folder, domains=self._local)
        return found

    def place(self, link: Link, folder: str, ids: Sequence[str] | None = None) -> list[Message]:
        """Its files, under an id that nobody has there."""
        found: list[Message] = link.ask("exim_place", folder=folder, queue=self.mail.queue, ids=ids)
        return found

    def withdraw(self, link: Link, folder: str) -> list[Message]:
        """What has not been delivered to anybody yet."""
        stay: list[Message] = link.ask("exim_withdraw", folder=folder, queue=self.mail.queue)
        return stay

    def settle(self, link: Link) -> list[Message]:
        """Nothing: it decides anew by itself."""
        return []

    # --- what mail a host takes ---

    def take_mail(self, host: Host) -> None:
        """Every domain that it does not relay to is its own, and it listens everywhere."""
        here = dict.fromkeys(("MAIN_LOCAL_DOMAINS", "MAIN_QUALIFY_DOMAIN", *REST))
        self._configure(host, self._production(), here)

    def _production(self) -> dict[str, str]:
        given = self.mail.production
        relayed = domains(given.get("dc_relay_domains", ""))
        own = [domain for domain in self.mail.domains if domain.lower() not in relayed]
        values = {"dc_other_hostnames": ":".join([*own, LOCAL]), "dc_local_interfaces": "", "dc_relay_domains": ""}
        return {**values, **given}

    def take_none(self, host: Host) -> None:
        """localhost alone, and it listens to itself alone; what has no domain is production's."""
        values = {"dc_other_hostnames": "", "dc_local_interfaces": "127.0.0.1 ; ::1", "dc_relay_domains": ""}
        domain = self.site.mail_origin
        here = {**dict.fromkeys(REST), "MAIN_LOCAL_DOMAINS": LOCAL, "MAIN_QUALIFY_DOMAIN": domain}
        self._configure(host, {**values, **self.mail.standby}, here)

    def _configure(self, host: Host, values: Mapping[str, str], macros: Mapping[str, str | None]) -> None:
        """Edit both files, and have the configuration made of them; an undo does so when they are taken back."""
        path, settings = self._macros(host), f"{self.mail.config}/{SETTINGS}"
        held = host.find(path)
        text, now = held.data if held else b"", host.read(settings)
        if with_macros(text, macros) == text and with_values(now, values) == now:
            host.check("update-exim4.conf")  # whoever wrote them may have been ended before that
            return
        host.record.change("make exim's configuration anew", Back(["update-exim4.conf"], HARMLESS).entry())
        if held is None and with_macros(text, macros):
            host.put(path, with_macros(text, macros), own="what exim does at rest, and on the standby")
        elif held is not None:
            host.edit(path, partial(with_macros, values=macros), dated=False, afresh=True)
        host.edit(settings, partial(with_values, values=values), afresh=True)
        host.check("update-exim4.conf")

    def _macros(self, host: Host) -> str:
        split = value_of(host.read(f"{self.mail.config}/{SETTINGS}"), "dc_use_split_config") == "true"
        return f"{self.mail.config}/{MACROS[split]}"

    def own_names(self, host: Host) -> list[str]:
        """None: the full name is a domain where site.toml names it as one."""
        return []

    def want_known(self, host: Host, domains: Sequence[str] | None = None) -> None:
        """Each domain is local or relayed to, as exim itself matches it.

        Raises:
            SwapError: it is not.
        """
        missing = [domain for domain in domains or () if not self._takes(host, domain)]
        if missing:
            hint = f"name it in [mail.production] dc_other_hostnames of site.toml; see {self.mail.config}; `fab phase7`"
            raise SwapError(f"exim4 on {host.name} does not take mail for {', '.join(missing)}", hint=hint)

    def _takes(self, host: Host, domain: str) -> bool:
        asked = " ".join(MATCHES).replace("DOMAIN", domain)
        return host.look("exim4", "-be", asked).text.strip() == "yes"

    def tables(self, host: Host) -> list[Table]:
        """What its configuration searches."""
        return of_exim(host.query(*self.mail.tables).text)

    def no_maker(self, host: Host, tables: Sequence[Table]) -> list[str]:
        """Nothing is compiled."""
        return []

    # --- before the swap ---

    def obstacles(self, host: Host) -> Iterable[Obstacle]:
        """A configuration that is not Debian's; production takes today what site.toml says."""
        if host.look("exim4", "-bV").status != 0:
            yield Obstacle("exim4 -bV fails", "`exim4 -bV` says why; or correct [mail] system in site.toml")
            return
        yield from self._laid_out(host)
        if host.role is On.PRODUCTION:
            yield from self._built(host)
            missing = [domain for domain in self.mail.domains if not self._takes(host, domain)]
            if missing:
                told = f"exim4 does not take mail for {', '.join(missing)} today"
                yield Obstacle(told, "correct [mail] domains in site.toml")
            yield from changes(self._today(host), self._production(), self.mail.production)
        elif not self.mail.origin:
            today = self._today(host)
            yield from origin.lost(origin.of_exim(today.macros, today.mailname), self.site.mail_origin, [today.own])

    def _today(self, host: Host) -> Today:
        path = self._macros(host)
        macros, mailname = (host.find(one) for one in (path, "/etc/mailname"))
        said = mailname.data.decode("utf-8", "replace").split() if mailname else []
        settings = host.read(f"{self.mail.config}/{SETTINGS}")
        return Today(settings, macros.data if macros else b"", path, (said or [""])[0], host.entry.fqdn)

    def _laid_out(self, host: Host) -> Iterator[Obstacle]:
        if host.exists(f"{self.mail.config}/{PLAIN}"):
            yield Obstacle(
                f"{self.mail.config}/{PLAIN} is there: exim4 reads it, and nothing of {SETTINGS}",
                f"bring its settings into {SETTINGS} and conf.d, and rename it",
            )
        spool = host.look("exim4", "-bP", "spool_directory").text.partition("=")[2].strip()
        if spool != self.mail.queue:
            yield Obstacle(f"exim4's spool is {spool}, not {self.mail.queue}", "correct [mail] queue in site.toml")

    def _built(self, host: Host) -> Iterator[Obstacle]:
        built = built_by_exim(host.look(*self.mail.tables).text)
        if left := [path for path in built if path not in self.mail.own_tables and host.exists(path)]:
            told = f"exim4 looks things up in what is built of other files ({', '.join(left)}): 3.7 copies none of it"
            yield Obstacle(told, "build it on the standby too, and name it in [mail] own_tables of site.toml")

    def files(self) -> list[str]:
        """What 7.1 and 7.2 write."""
        return [f"{self.mail.config}/{SETTINGS}"]

    def programs(self) -> list[str]:
        """What makes its configuration, and what shows it."""
        return ["exim4", "update-exim4.conf"]

    def ends_deliveries(self) -> bool:
        """One that is ended begins again: what it has done stands in the message's journal."""
        return True

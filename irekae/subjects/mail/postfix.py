"""postfix: main.cf says what a host takes; whether a recipient is local is decided anew at every attempt.

The standby is a null client (postfix's STANDARD_CONFIGURATION_README): it listens to itself alone, has no domain of its
own but localhost, and what its programs send without a domain goes to [mail] origin, or the administrators' one, which
is production's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from irekae.host.daemons import Daemons
from irekae.host.host import Host
from irekae.host.overlay import run
from irekae.host.remote import Link
from irekae.model.errors import SwapError
from irekae.model.items import On
from irekae.site.mail import Postfix
from irekae.site.site import Site
from irekae.subjects.mail.adapter import Message
from irekae.subjects.mail.address_classes import CLASSES, LOCAL, literal, not_taken
from irekae.subjects.mail.main_cf import with_parameters
from irekae.subjects.mail.main_cf_seen import MainCf
from irekae.subjects.mail.postfix_obstacles import obstacles
from irekae.subjects.mail.tables import Table, of_postfix
from irekae.swap.obstacle import Obstacle

DOWN = 69  # EX_UNAVAILABLE of sysexits(3): the mail system is down


class PostfixSystem:
    """postfix as site.toml has it."""

    name = "postfix"
    tries_itself = True

    def __init__(self, site: Site, mail: Postfix) -> None:
        """Nothing is looked at yet."""
        self.site = site
        self.mail = mail
        self.looks = "postqueue -p"
        self._local = sorted({LOCAL, *(domain.lower() for domain in mail.domains)})

    # --- the queue ---

    def queued(self, link: Link) -> list[Message]:
        """Each message; none where it is not laid out as postfix's."""
        return link.ask("postfix_queue", queue=self.mail.queue, domains=self._local) or []

    def try_all(self, host: Host, daemons: Daemons) -> None:
        """Flush it; where it is stopped already, nobody delivers."""
        host.query("postqueue", "-c", self.mail.config, "-f", ok=(0, DOWN))

    def is_busy(self, host: Host, daemons: Daemons) -> bool:
        """Is local mail among what it tries just now."""
        return any(one.get("busy") and (one["local"] or one["new"]) for one in self.queued(host.link))

    def rest(self, host: Host) -> None:
        """What is submitted waits in maildrop."""

    def hold(self, link: Link, folder: str) -> list[Message]:
        """By the domains of the site; what nobody has taken up yet goes as a whole where any of it is local."""
        found: list[Message] = link.ask("postfix_hold", queue=self.mail.queue, folder=folder, domains=self._local)
        return found

    def place(self, link: Link, folder: str, ids: Sequence[str] | None = None) -> list[Message]:
        """The queue file itself, under the name that its inode gives it."""
        said = run(link, ["postconf", "-c", self.mail.config, "-h", "enable_long_queue_ids"]).text.strip()
        where = {"folder": folder, "queue": self.mail.queue, "long": said == "yes"}
        found: list[Message] = link.ask("postfix_place", **where, ids=ids)
        return found

    def withdraw(self, link: Link, folder: str) -> list[Message]:
        """What has not been delivered to anybody yet."""
        stay: list[Message] = link.ask("postfix_withdraw", folder=folder, queue=self.mail.queue)
        return stay

    def settle(self, link: Link) -> list[Message]:
        """Nothing: it decides anew by itself."""
        return []

    # --- what mail a host takes ---

    def production(self, host: Host) -> dict[str, str]:
        """Parameters of production's main.cf: those of site.toml, and each domain that they don't name is its own."""
        given = self.mail.production
        elsewhere = {word for name in CLASSES[1:] for word in literal(given.get(name, ""))}
        own = [domain for domain in self.mail.domains if domain.lower() not in elsewhere]
        return {
            "myhostname": host.entry.fqdn,
            "myorigin": "$myhostname",
            "inet_interfaces": "all",
            "mydestination": ", ".join(dict.fromkeys([*own, LOCAL])),
            **dict.fromkeys(CLASSES[1:], ""),
            **given,
        }

    def standby(self, host: Host) -> dict[str, str]:
        """Parameters of a null client's main.cf, and those that site.toml adds."""
        return {
            "myhostname": host.entry.fqdn,
            "myorigin": self.site.mail_origin,
            "inet_interfaces": "loopback-only",
            "mydestination": LOCAL,
            **dict.fromkeys(CLASSES[1:], ""),
            **self.mail.standby,
        }

    def take_mail(self, host: Host) -> None:
        """main.cf as production has it."""
        self._configure(host, self.production(host))

    def take_none(self, host: Host) -> None:
        """main.cf as a null client has it."""
        self._configure(host, self.standby(host))

    def _configure(self, host: Host, values: Mapping[str, str]) -> None:
        host.edit(f"{self.mail.config}/main.cf", partial(with_parameters, values=values))
        host.check("postfix", "-c", self.mail.config, "check")

    def own_names(self, host: Host) -> list[str]:
        """None: the full name is a domain where site.toml names it as one."""
        return []

    def want_known(self, host: Host, domains: Sequence[str] | None = None) -> None:
        """Each domain is in one of its address classes.

        Raises:
            SwapError: it is not.
        """
        seen = MainCf(host, self.mail.config)
        settings = seen.settings(*CLASSES)
        missing = not_taken(domains or (), settings, seen.within(settings, domains or ()))
        if missing:
            shown = "\n".join(f"{name} = {value}" for name, value in settings.items())
            hint = "name it in [mail.production] of site.toml, in the parameter that it belongs to; then `fab phase7`"
            raise SwapError(f"postfix on {host.name} does not take mail for {', '.join(missing)}", shown, hint)

    def tables(self, host: Host) -> list[Table]:
        """What main.cf and master.cf name, but for its own caches."""
        shown = [host.query("postconf", "-c", self.mail.config, *more, "-x").text for more in ((), ("-P",))]
        own = MainCf(host, self.mail.config).settings("data_directory", "queue_directory")
        return of_postfix("\n".join(shown), own.values())

    def no_maker(self, host: Host, tables: Sequence[Table]) -> list[str]:
        """Kinds of tables that its postfix does not know."""
        known = host.query("postconf", "-m").text.split()
        lacks = sorted({table.kind for table in tables if table.kind and table.kind not in known})
        return [f"postfix on {host.name} knows no {kind}: tables" for kind in lacks]

    # --- before the swap ---

    def obstacles(self, host: Host) -> Iterable[Obstacle]:
        """What main.cf and master.cf have beside what 7.1 and 7.2 know; production takes today what site.toml says."""
        then = self.production(host) if host.role is On.PRODUCTION else self.standby(host)
        return obstacles(host, MainCf(host, self.mail.config), self.mail, then)

    def files(self) -> list[str]:
        """What 7.1 and 7.2 write."""
        return [f"{self.mail.config}/main.cf"]

    def programs(self) -> list[str]:
        """What shows its settings, tries its queue, proves its files and looks into its tables."""
        return ["postconf", "postqueue", "postfix", "postmap", "postalias"]

    def ends_deliveries(self) -> bool:
        """Its own stop ends them, and each message stays in the queue."""
        return True

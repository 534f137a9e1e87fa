"""postfix: main.cf says what a host takes; whether a recipient is local is decided anew at every attempt.

The standby is a null client (postfix's STANDARD_CONFIGURATION_README): it listens to itself alone, has no domain of its
own but localhost, and what its programs send without a domain goes to the administrators' one, which is production's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from irekae.subjects.mail.main_cf import with_parameters
from irekae.subjects.mail.tables import Table, of_postfix
from irekae.swap.obstacle import Obstacle

LOCAL = "localhost"
# By which of them postfix takes mail for a domain (ADDRESS_CLASS_README).
CLASSES = ("mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains")
DOWN = 69  # EX_UNAVAILABLE of sysexits(3): the mail system is down
FILTERS = ("content_filter", "smtpd_milters", "non_smtpd_milters", "smtpd_proxy_filter")
_LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]|::1):")
_WORD = re.compile(r"[^\s,]+")


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
        elsewhere = {word for name in CLASSES[1:] for word in _WORD.findall(given.get(name, ""))}
        own = [domain for domain in self.mail.domains if domain not in elsewhere]
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
            "myorigin": self.site.site.origin,
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
        settings = self._settings(host, *CLASSES)
        missing = [domain for domain in domains or () if not self._takes(host, settings, domain)]
        if missing:
            shown = "\n".join(f"{name} = {value}" for name, value in settings.items())
            hint = "name it in [mail.production] of site.toml, in the parameter that it belongs to; then `fab phase7`"
            raise SwapError(f"postfix on {host.name} does not take mail for {', '.join(missing)}", shown, hint)

    def _settings(self, host: Host, *names: str) -> dict[str, str]:
        """Parameters as postfix itself reads them, other parameters filled in."""
        shown = host.query("postconf", "-c", self.mail.config, "-x", *names).text
        found = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in shown.splitlines())}
        return {name: found.get(name, "") for name in names}

    def _takes(self, host: Host, settings: Mapping[str, str], domain: str) -> bool:
        words = {word for name in CLASSES for word in _WORD.findall(settings[name])}
        return domain in words or any(self._in_table(host, word, domain) for word in words if _is_table(word))

    def _in_table(self, host: Host, table: str, domain: str) -> bool:
        if ":" in table:
            return bool(host.look("postmap", "-c", self.mail.config, "-q", domain, table).text.strip())
        held = host.find(table)
        return held is not None and domain in held.data.decode("utf-8", "replace").split()

    def tables(self, host: Host) -> list[Table]:
        """What main.cf and master.cf name, but for its own caches."""
        shown = [host.query("postconf", "-c", self.mail.config, *more, "-x").text for more in ((), ("-P",))]
        return of_postfix("\n".join(shown), self._settings(host, "data_directory", "queue_directory").values())

    def no_maker(self, host: Host, tables: Sequence[Table]) -> list[str]:
        """Kinds of tables that its postfix does not know."""
        known = host.query("postconf", "-m").text.split()
        lacks = sorted({table.kind for table in tables if table.kind and table.kind not in known})
        return [f"postfix on {host.name} knows no {kind}: tables" for kind in lacks]

    # --- before the swap ---

    def obstacles(self, host: Host) -> Iterable[Obstacle]:
        """What main.cf and master.cf have beside what 7.1 and 7.2 know; production takes today what site.toml says."""
        asked = host.look("postconf", "-c", self.mail.config, "-x", "queue_directory", "multi_instance_directories")
        if asked.status != 0:
            said = asked.err.decode("utf-8", "replace").strip()
            yield Obstacle(f"postconf fails: {said}", "correct [mail] config in site.toml")
            return
        yield from self._laid_out(host)
        yield from self._listeners(host)
        yield from self._filters(host)
        if host.role is On.PRODUCTION:
            yield from self._domains(host)

    def _laid_out(self, host: Host) -> Iterator[Obstacle]:
        found = self._settings(host, "queue_directory", "multi_instance_directories")
        if found["queue_directory"] != self.mail.queue:
            yield Obstacle(
                f"postfix's queue is {found['queue_directory']}, not {self.mail.queue}",
                "correct [mail] queue in site.toml",
            )
        if more := found["multi_instance_directories"]:
            yield Obstacle(
                f"postfix has further instances ({more}): nobody would look at their queues",
                "`postmulti -i NAME -e destroy` for those that nobody needs, or exchange their mail by hand",
            )

    def _listeners(self, host: Host) -> Iterator[Obstacle]:
        """Services of master.cf with an address of their own: inet_interfaces doesn't close them on the standby."""
        for line in host.query("postconf", "-c", self.mail.config, "-M").text.splitlines():
            words = line.split()
            if len(words) > 1 and words[1] == "inet" and ":" in words[0] and not _LOOPBACK.match(words[0]):
                yield Obstacle(
                    f"master.cf has a service with an address of its own ({words[0]}): the standby would listen there",
                    f"write its port alone into {self.mail.config}/master.cf; inet_interfaces names the addresses",
                )

    def _filters(self, host: Host) -> Iterator[Obstacle]:
        found = {name: value for name, value in self._settings(host, *FILTERS).items() if value}
        if found and not self.mail.filters:
            told = ", ".join(f"{name} = {value}" for name, value in found.items())
            yield Obstacle(
                f"mail passes through a filter ({told}): where it does not run, the standby's own mail waits for it",
                "name the filters' services in [mail] filters of site.toml, on at both roles in [services]",
            )

    def _domains(self, host: Host) -> Iterator[Obstacle]:
        settings = self._settings(host, *CLASSES)
        missing = [domain for domain in self.mail.domains if not self._takes(host, settings, domain)]
        if missing:
            yield Obstacle(
                f"postfix does not take mail for {', '.join(missing)} today", "correct [mail] domains in site.toml"
            )
        words = {word for name in CLASSES for word in _WORD.findall(settings[name]) if not _is_table(word)}
        more = sorted(word for word in words if word.lower() not in self._local and not word.startswith("localhost."))
        if more:
            yield Obstacle(
                f"postfix takes mail for {', '.join(more)} today, and site.toml does not know it",
                "add it to [mail] domains in site.toml, or take it out of main.cf",
            )

    def files(self) -> list[str]:
        """What 7.1 and 7.2 write."""
        return [f"{self.mail.config}/main.cf"]

    def programs(self) -> list[str]:
        """What shows its settings, tries its queue, proves its files and looks into its tables."""
        return ["postconf", "postqueue", "postfix", "postmap", "postalias"]

    def ends_deliveries(self) -> bool:
        """Its own stop ends them, and each message stays in the queue."""
        return True


def _is_table(word: str) -> bool:
    return word.startswith("/") or re.match(r"[a-z]+:", word) is not None

"""qmail: control files, and a queue in which it is decided once, when a message comes, whether a recipient is local."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence

from irekae.host.daemons import Daemons
from irekae.host.host import Host
from irekae.host.remote import Link
from irekae.model.errors import SwapError
from irekae.model.items import On
from irekae.site.mail import Qmail
from irekae.site.site import Site
from irekae.subjects.lines import set_lines
from irekae.subjects.mail.adapter import Message
from irekae.subjects.mail.tables import Table
from irekae.swap.obstacle import Obstacle

LOCAL = "localhost"
LOCAL_DELIVERIES = "qmail-lspawn"  # whose children deliver into mailboxes
DOMAINS = ("locals", "rcpthosts")
CONTROL = (*DOMAINS, "defaulthost", "me")


class QmailSystem:
    """qmail as site.toml has it."""

    name = "qmail"
    tries_itself = True

    def __init__(self, site: Site, mail: Qmail) -> None:
        """Nothing is looked at yet."""
        self.site = site
        self.mail = mail
        self.looks = f"{mail.bin}/qmail-qread"

    def queued(self, link: Link) -> list[Message]:
        """Each message; none where it is not laid out as qmail's."""
        return link.ask("mail_queue", queue=self.mail.queue) or []

    def try_all(self, host: Host, daemons: Daemons) -> None:
        """ALRM, as qmail-send(8) has it."""
        heads = [one for one in daemons.now() if one["name"] == daemons.service.process]
        pids, starts = [one["pid"] for one in heads], [one["start"] for one in heads]
        host.link.ask("signal", pids=pids, starts=starts, number=int(signal.SIGALRM))

    def is_busy(self, host: Host, daemons: Daemons) -> bool:
        """Has qmail-lspawn a child."""
        family = daemons.now(peers=False)
        spawners = {one["pid"] for one in family if one["name"] == LOCAL_DELIVERIES}
        return any(one["parent"] in spawners for one in family)

    def rest(self, host: Host) -> None:
        """qmail-queue takes what is submitted, and qmail-send alone delivers."""

    def hold(self, link: Link, folder: str) -> list[Message]:
        """What is new is decided first, by the control files, as qmail-send would decide it now."""
        found: list[Message] = link.ask("mail_hold", queue=self.mail.queue, folder=folder, control=self.mail.control)
        return found

    def place(self, link: Link, folder: str, ids: Sequence[str] | None = None) -> list[Message]:
        """As qmail-queue does it."""
        found: list[Message] = link.ask("mail_place", folder=folder, queue=self.mail.queue, ids=ids)
        return found

    def withdraw(self, link: Link, folder: str) -> list[Message]:
        """What qmail-send has not taken up yet."""
        stay: list[Message] = link.ask("mail_withdraw", folder=folder, queue=self.mail.queue)
        return stay

    def settle(self, link: Link) -> list[Message]:
        """Put each recipient where control/locals wants it now."""
        moved: list[Message] = link.ask("mail_settle", queue=self.mail.queue, control=self.mail.control)
        return moved

    def take_mail(self, host: Host) -> None:
        """locals and rcpthosts: localhost and the mail domains; defaulthost (D4) and me: the full name."""
        for name in DOMAINS:
            set_lines(host, f"{self.mail.control}/{name}", LOCAL, *self.mail.domains)
        for name in ("defaulthost", "me"):
            set_lines(host, f"{self.mail.control}/{name}", host.entry.fqdn)

    def take_none(self, host: Host) -> None:
        """locals and rcpthosts are localhost alone; it still sends system log mail."""
        for name in DOMAINS:
            set_lines(host, f"{self.mail.control}/{name}", LOCAL)

    def own_names(self, host: Host) -> list[str]:
        """Its full name, which is in defaulthost and me."""
        return [host.entry.fqdn]

    def want_known(self, host: Host, domains: Sequence[str] | None = None) -> None:
        """qmail-showctl knows each domain; by default those of control/locals.

        Raises:
            SwapError: it does not.
        """
        control = self.mail.control
        if domains is None:
            held = host.find(f"{control}/locals")
            domains = held.data.decode("utf-8", "replace").split() if held else []
        shown = host.query(f"{self.mail.bin}/qmail-showctl").text
        missing = [domain for domain in domains if domain not in shown]
        if missing:
            raise SwapError(
                f"qmail-showctl on {host.name} does not know {', '.join(missing)}", shown, f"look into {control}"
            )

    def tables(self, host: Host) -> list[Table]:
        """None: 7.1 and 7.2 write its control files."""
        return []

    def no_maker(self, host: Host, tables: Sequence[Table]) -> list[str]:
        """There are none."""
        return []

    def obstacles(self, host: Host) -> Iterable[Obstacle]:
        """A queue that cannot be read; mail that production takes today, and 7.2 would not know of."""
        queue = host.look(f"{self.mail.bin}/qmail-qstat")
        if queue.status == 0:
            host.say("mail " + queue.text.strip().replace("\n", ", "))
        else:
            yield Obstacle(
                "qmail-qstat fails: " + queue.err.decode("utf-8", "replace").strip(), "correct [mail] bin in site.toml"
            )
            return
        known = {LOCAL, *(domain.lower() for domain in self.mail.domains)}
        for name in DOMAINS if host.role is On.PRODUCTION else ():
            held = host.find(f"{self.mail.control}/{name}")
            lines = held.data.decode("utf-8", "replace").lower().splitlines() if held else []
            words = {line.strip() for line in lines if not line.startswith("#")} - {""}
            if left := ", ".join(sorted(words - known)):
                yield Obstacle(
                    f"{self.mail.control}/{name} has {left} today, and 7.2 would leave it out",
                    "add it to [mail] domains in site.toml (7.2 makes each of them local), or take it out",
                )

    def files(self) -> list[str]:
        """Its control files."""
        return [f"{self.mail.control}/{name}" for name in CONTROL]

    def programs(self) -> list[str]:
        """What shows that it knows its domains."""
        return [f"{self.mail.bin}/qmail-showctl"]

    def ends_deliveries(self) -> bool:
        """qmail-send waits for them; whoever stops it must not kill them."""
        return False

"""All that the checks of one run share: who is asked, over which connections, and what was found out once for all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from irekae.model.findings import AboutRole
from irekae.model.results import Evidence
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.site import needed
from verify.backups import look_at_plans, run_backups
from verify.bans import Ban, ban_and_unban, forget, let_in
from verify.boot import Boot, look_at_boot
from verify.connection import Connections, PinnedSsh
from verify.credentials import Credentials
from verify.databases import look_at_databases
from verify.declared import Declared
from verify.evidence import SEAT, Start, start
from verify.facts import Facts, read_facts, told
from verify.far import public
from verify.finding import Finding, Unreachable
from verify.httpd import look_at_httpd
from verify.interfaces import held_on, of_name
from verify.logins import Attempt, attempts, door
from verify.mail_tables import look_at_mail_tables
from verify.mailing import Mailing
from verify.once import Once
from verify.parsing import sshd_options
from verify.public import View, questions
from verify.sshd import SshdView, look_at_sshd, running_sshd
from verify.subjects import certificates
from verify.turn import Turn
from verify.zones import look_at_zones

if TYPE_CHECKING:
    from testinfra.host import Host

SLOW = 300
"""Seconds for all configurations' own checkers: each has a deadline of its own."""
USERS_ASKED = 10
"""Of how many users sshd is asked."""
PROBES = ("uname ", "cat /etc/os-release", "command -v ")
"""With these testinfra finds out what kind of host it is on; no check asks them."""


class World:
    """The hosts of a run.

    Attributes:
        turn: of this run, before others.
    """

    def __init__(
        self,
        inventory: Inventory,
        declared: Declared,
        credentials: Credentials,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Nothing is asked yet; tell: shows a line to whoever waits."""
        self.inventory = inventory
        self.declared = declared
        self.site = declared.site
        self.credentials = credentials
        self.connections = Connections(inventory, credentials)
        has_mail = self.site.mail and self.site.pop
        self._mailing = Mailing(inventory, declared, credentials, self.connections) if has_mail else None
        self.turn = Turn([self.connections.to(entry) for entry in inventory.pair], tell)
        self._servers: dict[str, Server] = {}
        self.seat_view = Once(self._ask_from_seat)
        self.outside_view = Once(self._ask_from_outside)
        self.certificates = Once(self._look_at_certificates)

    @property
    def mailing(self) -> Mailing:
        """The run's messages, where the site has mail."""
        return needed(self._mailing)

    @property
    def outside(self) -> HostEntry | None:
        """Another computer, where hosts.ini has one."""
        return next(iter(self.inventory.group("outside")), None)

    def server(self, entry: HostEntry) -> Server:
        """A host of the pair, or the backup host, whatever role it is looked at in."""
        if entry.name not in self._servers:
            self._servers[entry.name] = Server(self, entry)
        return self._servers[entry.name]

    def views(self) -> list[View]:
        """What the public gets of production: from another computer, and from the seat.

        One that can't be asked has its own check, which fails; the questions are put from the seat all the same.
        """
        found = [self.seat_view.result()]
        if self.outside:
            with contextlib.suppress(Unreachable):
                found.insert(0, self.outside_view.result())
        return found

    def _ask_from_seat(self) -> View:
        began = start()
        asked = questions(self.site, self.inventory.production.address)
        return View(SEAT, public.main({"questions": asked})["answers"], began)

    def _look_at_certificates(self) -> tuple[dict[str, Any], Evidence]:
        """What another computer makes of every certificate, at each of production's addresses."""
        here, outside = self.inventory.production, needed(self.outside)
        looks = [
            {"id": f"{case.id} at {address}", "address": address, "protocol": case.protocol, "name": case.name}
            for case in certificates(self.site).values()
            for address in here.addresses
        ]
        began = start()
        seen: dict[str, Any] = self.connections.to(outside).far("tls", {"looks": looks}, timeout=180)["seen"]
        told = "\n".join(f"{name}: {state}" for name, state in seen.items())
        return seen, began.heard(f"TLS to {here.name} ({', '.join(here.addresses)})", told, outside.name)

    def _ask_from_outside(self) -> View:
        return self.from_outside(questions(self.site, self.inventory.production.address))

    def from_outside(self, asked: dict[str, dict[str, Any]]) -> View:
        """What another computer gets for far/public.py's questions.

        Raises:
            Unreachable: it can't be asked.
        """
        if self.outside is None:
            raise LookupError("hosts.ini has no outside host")
        began = start()
        answers = self.connections.to(self.outside).far("public", {"questions": asked})["answers"]
        return View(self.outside.name, answers, began)

    def close(self) -> list[str]:
        """Undo what the checks left behind and end the connections; says what could not be undone."""
        work = [server.forget_attempts for server in self._servers.values()]
        work += [self._mailing.sweep] if self._mailing else []
        with ThreadPoolExecutor() as pool:
            left = [line for lines in pool.map(lambda undo: undo(), work) for line in lines]
        self.end()
        return left

    def end(self) -> None:
        """Give the turn to others, and end the connections."""
        self.turn.give_back()
        self.connections.close()


class Server:
    """A host, and what was read of it; each part is read when a check first needs it."""

    def __init__(self, world: World, entry: HostEntry) -> None:
        """Nothing is asked yet."""
        self.world = world
        self.entry = entry
        self.backend: PinnedSsh = world.connections.to(entry)
        self.all_facts = Once(lambda: read_facts(self.backend, world.site))
        self.sshd = Once(self._look_at_sshd)
        self.zones = Once(lambda: look_at_zones(self.backend, self.facts))
        self.httpd = Once(lambda: look_at_httpd(self.backend, needed(needed(world.site.web).httpd_conf)))
        self.root_attempts = Once(self._try_root)
        self.ban = Once(self._ban)
        self.homes = Once(self._look_at_homes)
        self.data_trees = Once(self._look_at_trees)
        self.mail_tables = Once(lambda: look_at_mail_tables(self.backend, self.other.backend, world.site))
        self.boot = Once(self._look_at_boot)
        self.disk = Once(self._look_at_disk)
        self.databases = Once(lambda: look_at_databases(self.backend, world.site))
        self.user_logins = Once(self._look_at_user_logins)
        self.backup_plans = Once(lambda: look_at_plans(self.backend, world.site))
        self.backup_runs = Once(lambda: run_backups(self.backend, world.site))

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name

    @property
    def host(self) -> Host:
        """testinfra's view of it; what it asks is evidence, see `said`."""
        return self.backend.host

    def said(self) -> list[Evidence]:
        """What testinfra asked and heard since the last call."""
        said, self.backend.said = self.backend.said, []
        return [one for one in said if not one.asked.startswith(PROBES)]

    def read(self, path: str) -> tuple[dict[str, Any], Evidence]:
        """A file as far/ask.py tells it, and what of that may be shown."""
        began = start()
        file: dict[str, Any] = self.backend.far("ask", {"files": [path]}, become="root")["files"][path]
        return file, began.heard(f"cat {path}", told(path, file), f"on {self.name}")

    @property
    def facts(self) -> Facts:
        """What it says of itself.

        Raises:
            Unreachable: it can't be asked.
        """
        return self.all_facts.result()

    def must_answer(self) -> None:
        """Spare a host that is down being called by every check, each to its timeout.

        Raises:
            Unreachable: it can't be asked.
        """
        self.all_facts.result()

    @cached_property
    def other(self) -> Server:
        """The other one of the pair."""
        return self.world.server(self.world.inventory.other(self.name))

    def _look_at_trees(self) -> tuple[dict[str, Any], Start]:
        began, site = start(), self.world.site
        trees = [{"path": tree.path, "excludes": list(tree.excludes)} for tree in site.trees]
        request = {"trees": trees, "record": f"{site.site.state}/trees.json"}
        return self.backend.far("data_trees", request, become="root", timeout=SLOW), began

    def _look_at_homes(self) -> tuple[dict[str, Any], Start]:
        began, site = start(), self.world.site
        maildir, record = site.mail.maildir if site.mail else "Maildir", f"{site.site.state}/trees.json"
        request = {"homes": needed(site.home).path, "maildir": maildir, "boxes": site.mailboxes, "record": record}
        return self.backend.far("homes", request, become="root", timeout=SLOW), began

    def _look_at_boot(self) -> Boot:
        role: AboutRole = "production" if self.entry is self.world.inventory.production else "standby"
        return look_at_boot(self.backend, self.world.site, role)

    def _look_at_disk(self) -> tuple[dict[str, Any], Start]:
        site = self.world.site
        named = of_name(site, {} if site.network.interface else held_on(self.host), self.entry.address)
        postfix = site.mail.conf if site.mail and site.mail.system == "postfix" else ""
        began, request = start(), {"scheduled": site.phase1.files, "interface": named, "postfix": postfix}
        return self.backend.far("disk", request, become="root", timeout=SLOW), began

    @property
    def is_backup(self) -> bool:
        """Whether it takes the backups, and is none of the pair."""
        return self.entry not in self.world.inventory.pair

    def _look_at_user_logins(self) -> tuple[dict[str, Any], Start]:
        running = running_sshd(self.facts, self.entry.port)
        outside, users = self.world.outside, self.world.declared.users
        began = start()
        request = {
            "first": users[0],
            "last": users[-1],
            "most": USERS_ASKED,
            "sshd": ["/usr/sbin/sshd", *(sshd_options(running.line) if running else [])],
            "caller": outside.address if outside else "203.0.113.1",
            "own": self.entry.address,
            "port": self.entry.port,
        }
        return self.backend.far("user_logins", request, become="root"), began

    def users_file(self, path: str) -> tuple[dict[str, Any], Start]:
        """A file below a user's home, read with that user's rights (far/users_file.py)."""
        began = start()
        return self.backend.far("users_file", {"path": path}, become="root"), began

    def _look_at_sshd(self) -> SshdView:
        outside = self.world.outside
        hosts = [host.address for host in self.world.inventory.hosts.values() if host is not self.entry]
        others = hosts + ([outside.third] if outside and outside.third else [])
        return look_at_sshd(self.backend, self.facts, self.world.site.root_door.sshd_config, others)

    def _try_root(self) -> list[Attempt]:
        way = door(self.world.connections, self.entry, closes=self.world.site.fail2ban is not None)
        if way.outside and way.outside.third:
            let_in(self.backend, self.world.connections.to(way.outside))
        return attempts(way, self.world.inventory, "root", with_password=way.outside is not None)

    def _ban(self) -> Ban:
        way = door(self.world.connections, self.entry, closes=True)
        if way.outside is None:
            raise LookupError("hosts.ini has no outside host with a `third` address")
        with contextlib.suppress(Finding):
            # After root's attempts: once banned, they could not be made.
            self.root_attempts.result()
        outside = self.world.connections.to(way.outside)
        return ban_and_unban(self.backend, outside, way, self.world.inventory, needed(self.world.site.fail2ban).jail)

    def forget_attempts(self) -> list[str]:
        """Lift the ban of the outside's further address and take its attempts off the count."""
        outside = self.world.outside
        tried = self.backend.opened and (self.root_attempts.begun or self.ban.begun)
        if not tried or not outside or not outside.third:
            return []
        try:
            forget(self.backend, outside.third)
        except Exception as error:
            return [f"{self.name}: {outside.third} may still be banned: {error}"]
        return []

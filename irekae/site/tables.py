"""The tables of site.toml, typed; each key's meaning stands beside it in site.toml itself."""

from typing import Annotated, Literal

import msgspec

from irekae.site.databases import Database
from irekae.site.hooks import Hook
from irekae.site.kinds import FILLED, HostName, Job, MailAddress, Path_, Port, Positive, Unit, Word
from irekae.site.mail import Mail, MailingList, Qmail
from irekae.site.parts import has
from irekae.site.serving import (
    Announce,
    Answer,
    Backup,
    Certificate,
    Dns,
    Fail2ban,
    Page,
    Pop,
    Web,
)
from irekae.site.survey import Survey
from irekae.site.trees import Home, Tree, TreeLeft, holds


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class General(_Table, frozen=True):
    """[site]: names of the whole site."""

    title: str
    domain: HostName
    service_name: HostName
    operators: Annotated[list[Word], FILLED]
    administrators: MailAddress | None = None
    wiki: str = ""
    lang: Literal["", "en", "ja"] = ""
    state: Path_ = "/var/lib/irekae"


class Service(_Table, frozen=True):
    """[services.NAME]: where a service runs (1.3 to 1.4, 7.3 to 7.8, 9.1, 9.2).

    stop_wait in seconds; last_resort: names of its processes that may be killed behind it.
    """

    init: Unit
    process: str
    production: Literal["on", "off", "any"]
    standby: Literal["on", "off", "any"]
    ports: list[Port] = []
    stop_wait: Positive = 180
    last_resort: list[str] = []


class ServiceItems(_Table, frozen=True):
    """[service_items]: which items touch which services, in the manual's order."""

    pause: list[str] = []
    retire: list[str] = []
    boot_mail: list[str] = []
    boot_dns: list[str] = []
    boot_web: list[str] = []
    retire_dns: list[str] = []


class Phase1(_Table, frozen=True):
    """[phase1]: sessions, processes and scheduled jobs."""

    warning: str = "Server exchange: please log out now."
    term_wait: Positive = 5
    scheduled: list[Job] = []
    jobs: list[Path_] = msgspec.field(default_factory=lambda: ["/var/spool/cron/atjobs", "/var/lib/systemd/linger"])

    @property
    def files(self) -> list[str]:
        """The scheduled jobs that are files of cron's."""
        return [job for job in self.scheduled if job.startswith("/")]

    @property
    def timers(self) -> list[str]:
        """Those that are timers of systemd's."""
        return [job for job in self.scheduled if not job.startswith("/")]


class RootDoor(_Table, frozen=True):
    """[root_door]: root's way in during phases 2 to 4; lease in minutes."""

    sshd_config: Path_ = "/etc/ssh/sshd_config"
    lease: Positive = 240


class Copy(_Table, frozen=True):
    """[copy]: the smaller copies, 3.2 and 3.3."""

    crontabs: Path_ | None = None
    pop_secrets: Path_ | None = None


Whose = Literal["source", "target"]


class AccountRange(_Table, frozen=True):
    """[accounts]: UIDs of users, and whose word counts where the two hosts differ, 3.4."""

    uid_min: Positive
    uid_max: Positive
    logins: list[Literal["password", "publickey"]] = msgspec.field(default_factory=lambda: ["password", "publickey"])
    source_wins: bool = False
    locked: Literal["", "source", "target"] = ""
    expired: Literal["", "source", "target"] = ""
    empty: Literal["", "source", "target"] = ""
    decided: dict[str, Whose] = {}


OF_INTERFACE = ("interfaces", "keyfile", "netplan", "networkd")  # editors of files that state an interface's address


class NamedFile(_Table, frozen=True):
    """[[files]]: a file of 5.1 or 5.3 that carries the host's name or address."""

    path: Path_
    editor: Literal[
        "hostname", "hosts", "one_line", "perl", "shell", "text", "zone", "interfaces", "keyfile", "netplan", "networkd"
    ]
    team: Literal["www", "dns", "mail"]
    names: bool = True
    addresses: bool = False

    @property
    def of_interface(self) -> bool:
        """Does it state an interface's address: 5.3 stages it, and nothing exchanges names in it."""
        return self.editor in OF_INTERFACE

    @property
    def bears_names(self) -> bool:
        """Whether 5.1 exchanges names in it."""
        return self.names and not self.of_interface


class Leftovers(_Table, frozen=True):
    """[leftovers]: where 5.2 looks."""

    trees: list[Path_]
    skip: list[Path_] = []
    data: list[Path_] = []
    data_names: list[Path_] = []


class Network(_Table, frozen=True):
    """[network]: phase 6; interface, and interfaces, the file that states the address: found by looking where they are
    left out, on each host its own; confirm_within in seconds."""

    confirm_within: Positive
    interface: Word | None = None
    interfaces: Path_ | None = None
    stays: list[str] = []


class Boot(_Table, frozen=True):
    """[boot]: what the suite does not hold against the boot that 8.1 proved; `*` stands for any characters."""

    changes: list[Path_] = []


class Accepting(_Table, frozen=True):
    """[acceptance]: what a verdict may rest on; results_age in hours."""

    results_age: Positive = 24


class Site(_Table, frozen=True):
    """All of site.toml: the tables that it may leave out are None, or empty, where it has them not."""

    site: General
    services: dict[str, Service]
    accounts: AccountRange
    network: Network
    service_items: ServiceItems = ServiceItems()
    phase1: Phase1 = Phase1()
    root_door: RootDoor = RootDoor()
    home: Home | None = None
    copy: Copy = Copy()
    files: list[NamedFile] = []
    leftovers: Leftovers | None = None
    mail: Mail | None = None
    dns: Dns | None = None
    web: Web | None = None
    pop: Pop | None = None
    certificates: list[Certificate] = []
    fail2ban: Fail2ban | None = None
    backup: Backup | None = None
    announce: Announce | None = None
    boot: Boot = Boot()
    acceptance: Accepting = Accepting()
    survey: Survey = Survey()
    trees: list[Tree] = []
    trees_left: list[TreeLeft] = []
    databases: list[Database] = []
    hooks: list[Hook] = []

    @property
    def all_trees(self) -> list[Tree]:
        """The folders that are copied from production to the standby, [home] first of them."""
        return [*([self.home] if self.home else []), *self.trees]

    def tree_of(self, path: str) -> Tree | None:
        """The tree that a path lies in."""
        return next((tree for tree in self.all_trees if holds(tree.path, path)), None)

    def has(self, need: str) -> bool:
        """Whether the site has what an item or a check needs: `parts.has`."""
        return has(self, need)

    @property
    def mailboxes(self) -> list[str]:
        """Patterns of the users' mailboxes: a path with one `*`, the user; those that end in a slash are maildirs."""
        if self.mail is None:
            return []
        inside = [f"{self.home.path}/*/{self.mail.maildir}/"] if self.home else []
        return [*inside, *self.mail.mailboxes]

    def has_mail_in(self, tree: Tree) -> bool:
        """Do users' mailboxes lie in a tree."""
        return any(holds(tree.path, box) for box in self.mailboxes)

    @property
    def spools(self) -> list[str]:
        """Those of them that do not go along with a tree."""
        return [box for box in self.mailboxes if not self.tree_of(box)]

    @property
    def mail_origin(self) -> str:
        """The domain of mail that has none: [mail] origin, else the administrators', or the site's."""
        said = None if self.mail is None or isinstance(self.mail, Qmail) else self.mail.origin
        return said or (self.site.administrators or self.site.domain).rpartition("@")[2]

    @property
    def its_mail(self) -> Mail:
        """[mail], for what is declared to need it: `needed` would not keep its kinds apart."""
        if self.mail is None:
            raise LookupError("a part of site.toml is used where nothing declares that it is needed")
        return self.mail

    @property
    def qmail(self) -> Qmail | None:
        """[mail] of a site whose mail system is qmail."""
        return self.mail if isinstance(self.mail, Qmail) else None

    @property
    def lists(self) -> list[MailingList]:
        """The mailing lists."""
        return self.mail.lists if self.mail else []

    @property
    def domains(self) -> list[str]:
        """The mail domains."""
        return self.mail.domains if self.mail else []

    @property
    def zones(self) -> list[str]:
        """The name server's zones."""
        return self.dns.zones if self.dns else []

    @property
    def answers(self) -> list[Answer]:
        """What the name server must answer."""
        return self.dns.answers if self.dns else []

    @property
    def resolves(self) -> list[Answer]:
        """What the hosts' own resolvers must answer."""
        return self.dns.resolves if self.dns else []

    @property
    def pages(self) -> list[Page]:
        """The pages that must show."""
        return self.web.pages if self.web else []

    @property
    def timers(self) -> list[Service]:
        """The timers of `phase1.scheduled`, as [services] has them; else production alone has one armed."""
        declared = {service.init: service for service in self.services.values()}
        return [declared.get(name, Service(name, "", "on", "off")) for name in self.phase1.timers]

    def services_of(self, names: list[str]) -> list[Service]:
        """The services of one of `service_items`' lists."""
        return [self.services[name] for name in names]

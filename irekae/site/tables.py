"""The tables of site.toml, typed; each key's meaning stands beside it in site.toml itself."""

from typing import Annotated, Literal

import msgspec

from irekae.site.databases import Database
from irekae.site.kinds import HostName, MailAddress, Path_, Port, Positive, Word
from irekae.site.mail import Mail
from irekae.site.survey import Survey
from irekae.site.trees import Home, Tree, TreeLeft, holds


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class General(_Table, frozen=True):
    """[site]: names of the whole site."""

    title: str
    domain: HostName
    service_name: HostName
    administrators: MailAddress
    operators: list[Word]
    wiki: str = ""
    lang: Literal["", "en", "ja"] = ""
    state: Path_ = "/var/lib/irekae"


class Service(_Table, frozen=True):
    """[services.NAME]: where a service runs (1.3 to 1.4, 7.3 to 7.8, 9.1, 9.2).

    stop_wait in seconds; last_resort: names of its processes that may be killed behind it.
    """

    init: Word
    process: str
    production: Literal["on", "off", "any"]
    standby: Literal["on", "off", "any"]
    ports: list[Port] = []
    stop_wait: Positive = 180
    last_resort: list[str] = []


class ServiceItems(_Table, frozen=True):
    """[service_items]: which items touch which services, in the manual's order."""

    pause: list[str]
    retire: list[str]
    boot_mail: list[str]
    boot_dns: list[str]
    boot_web: list[str]
    retire_dns: list[str]


class Phase1(_Table, frozen=True):
    """[phase1]: sessions, processes and scheduled jobs."""

    warning: str
    term_wait: Positive
    scheduled: list[Path_]
    jobs: list[Path_] = msgspec.field(default_factory=lambda: ["/var/spool/cron/atjobs", "/var/lib/systemd/linger"])


class RootDoor(_Table, frozen=True):
    """[root_door]: root's way in during phases 2 to 4; lease in minutes."""

    sshd_config: Path_
    lease: Positive


class Copy(_Table, frozen=True):
    """[copy]: the smaller copies, 3.2 and 3.3."""

    crontabs: Path_
    pop_secrets: Path_


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


class NamedFile(_Table, frozen=True):
    """[[files]]: a file of 5.1 or 5.3 that carries the host's name or address."""

    path: Path_
    editor: Literal[
        "hostname", "hosts", "one_line", "perl", "shell", "text", "zone", "interfaces", "keyfile", "netplan", "networkd"
    ]
    team: Literal["www", "dns", "mail"]
    names: bool = True
    addresses: bool = False


class Leftovers(_Table, frozen=True):
    """[leftovers]: where 5.2 looks."""

    trees: list[Path_]
    skip: list[Path_]
    data: list[Path_] = []
    data_names: list[Path_] = []


class Network(_Table, frozen=True):
    """[network]: phase 6; interfaces: the file that states the address, found by looking where it is left out;
    confirm_within in seconds."""

    interface: Word
    confirm_within: Positive
    interfaces: Path_ | None = None
    stays: list[str] = []


class Answer(_Table, frozen=True):
    """[[dns.answers]] and [[dns.resolves]]: a question and its right answer."""

    name: HostName
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "TXT"]
    value: str


class Dns(_Table, frozen=True):
    """[dns]: bind's data (7.5, 7.6, 9.7, 9.14)."""

    namedb: Path_
    search: HostName
    zones: list[HostName]
    answers: list[Answer]
    resolves: list[Answer]


class Page(_Table, frozen=True):
    """[[web.pages]]: a page that shows, and what stands in it (9.4)."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/\s]+/\S*$", description="an http or https address")]
    contains: str


class Hiki(_Table, frozen=True):
    """[web.hiki]: the wiki, and the page that 9.5 writes."""

    url: str
    page: Word


class Gate(_Table, frozen=True):
    """[web.gate]: the registration form, and the login that 9.6 registers."""

    url: str
    login: Word


class Web(_Table, frozen=True):
    """[web]: 9.4 to 9.6."""

    httpd_conf: Path_
    pages: list[Page]
    hiki: Hiki
    gate: Gate


class Pop(_Table, frozen=True):
    """[pop]: the mailbox of 9.9 and 9.10."""

    user: Word


class Fail2ban(_Table, frozen=True):
    """[fail2ban]: the jail of 9.8."""

    jail: Word


class Boot(_Table, frozen=True):
    """[boot]: what the suite does not hold against the boot that 8.1 proved; `*` stands for any characters."""

    changes: list[Path_] = []


class BackupScript(_Table, frozen=True):
    """[[backup.scripts]]: one of 10.1's scripts and its log, below the home of the backup user."""

    script: str
    log: str


class Backup(_Table, frozen=True):
    """[backup]: phase 10."""

    user: Word
    home: Path_
    scripts: list[BackupScript]


class Announce(_Table, frozen=True):
    """[announce]: 11.1; name and name_ja sign the mail, those of the site's title where they are left out."""

    sender: MailAddress
    to: list[MailAddress]
    name: str = ""
    name_ja: str = ""
    submit: tuple[str, ...] = ("/usr/sbin/sendmail", "-t", "-i")  # reads a whole message, and takes -f SENDER behind it


class Accepting(_Table, frozen=True):
    """[acceptance]: what a verdict may rest on; results_age in hours."""

    results_age: Positive = 24


class Site(_Table, frozen=True):
    """All of site.toml."""

    site: General
    services: dict[str, Service]
    service_items: ServiceItems
    phase1: Phase1
    root_door: RootDoor
    home: Home
    copy: Copy
    accounts: AccountRange
    files: list[NamedFile]
    leftovers: Leftovers
    network: Network
    mail: Mail
    dns: Dns
    web: Web
    pop: Pop
    fail2ban: Fail2ban
    backup: Backup
    announce: Announce
    boot: Boot = Boot()
    acceptance: Accepting = Accepting()
    survey: Survey = Survey()
    trees: list[Tree] = []
    trees_left: list[TreeLeft] = []
    databases: list[Database] = []

    @property
    def all_trees(self) -> list[Tree]:
        """The folders that are copied from production to the standby, [home] first of them."""
        return [self.home, *self.trees]

    def tree_of(self, path: str) -> Tree | None:
        """The tree that a path lies in."""
        return next((tree for tree in self.all_trees if holds(tree.path, path)), None)

    @property
    def mailboxes(self) -> list[str]:
        """Patterns of the users' mailboxes: a path with one `*`, the user; those that end in a slash are maildirs."""
        return [f"{self.home.path}/*/{self.mail.maildir}/", *self.mail.mailboxes]

    def services_of(self, names: list[str]) -> list[Service]:
        """The services of one of `service_items`' lists."""
        return [self.services[name] for name in names]

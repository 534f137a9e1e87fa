"""The tables of site.toml for what a host serves: mail, names, pages, bans, backups, and the announcement."""

from typing import Annotated, Literal

import msgspec

from irekae.site.kinds import FILLED, HostName, Login, MailAddress, Path_, Positive, Word


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Answer(_Table, frozen=True):
    """[[dns.answers]] and [[dns.resolves]]: a question and its right answer."""

    name: HostName
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "TXT"]
    value: str


class Dns(_Table, frozen=True, kw_only=True):
    """[dns]: the name server's data (7.5, 7.6, 9.7, 9.14); namedb: of a bind that was built by hand;
    ttl_during: seconds that records may have which change in the swap (0.5, 11.3); ask_itself: whether production's
    resolv.conf names its own name server (7.6), which one that only answers for its zones cannot do."""

    namedb: Path_ | None = None
    ttl_during: Positive | None = None
    search: HostName
    zones: list[HostName] = []
    answers: list[Answer] = []
    resolves: list[Answer] = []
    ask_itself: bool = True

    @property
    def asks_itself(self) -> Literal[True] | None:
        """`ask_itself` as items and checks need it."""
        return True if self.ask_itself else None


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

    httpd_conf: Path_ | None = None
    pages: list[Page] = []
    hiki: Hiki | None = None
    gate: Gate | None = None

    @property
    def https(self) -> list[Page]:
        """The pages that are shown over TLS."""
        return [page for page in self.pages if page.url.startswith("https:")]

    @property
    def over_tls(self) -> list[str]:
        """Addresses of all that is shown over TLS: pages, wiki, gate."""
        forms = [one.url for one in (self.hiki, self.gate) if one and one.url.startswith("https:")]
        return [*(page.url for page in self.https), *forms]


Access = Literal["apop", "imaps", "pop3s", "imap", "pop3"]


class Pop(_Table, frozen=True):
    """[pop]: the checks' own mailbox (9.9, 9.10), how its user gets at it from another computer, and how he sends.

    name: of the certificates there; the service's where it is left out.
    """

    user: Login
    protocols: list[Access] = msgspec.field(default_factory=lambda: ["apop"])
    submission: list[Literal["submission", "submissions"]] = []
    name: HostName | None = None

    @property
    def apop(self) -> list[str]:
        """POP3 with a digest, in the clear, as of 2011."""
        return [one for one in self.protocols if one == "apop"]

    @property
    def access(self) -> list[str]:
        """The protocols that go over TLS."""
        return [one for one in self.protocols if one != "apop"]

    @property
    def greets(self) -> list[str]:
        """Those that greet in the clear on POP3's port."""
        return [one for one in self.protocols if one in ("apop", "pop3")]


class Certificate(_Table, frozen=True):
    """[[certificates]]: a name, the ports at which a client must find a certificate of it, and for how many days."""

    name: HostName
    at: list[Literal["https", "imaps", "pop3s", "imap", "pop3", "submission", "submissions", "smtp"]]
    days: Positive = 14


class Fail2ban(_Table, frozen=True):
    """[fail2ban]: the jail of 9.8."""

    jail: Word


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
    to: Annotated[list[MailAddress], FILLED]
    name: str = ""
    name_ja: str = ""
    submit: tuple[str, ...] = ("/usr/sbin/sendmail", "-t", "-i")  # reads a whole message, and takes -f SENDER behind it

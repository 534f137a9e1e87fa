"""The tables of site.toml for what a host serves: mail, names, pages, bans, backups, and the announcement."""

from typing import Annotated, Literal

import msgspec

from irekae.site.kinds import HostName, MailAddress, Path_, Word


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Answer(_Table, frozen=True):
    """[[dns.answers]] and [[dns.resolves]]: a question and its right answer."""

    name: HostName
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "TXT"]
    value: str


class Dns(_Table, frozen=True):
    """[dns]: bind's data (7.5, 7.6, 9.7, 9.14)."""

    namedb: Path_
    search: HostName
    zones: list[HostName] = []
    answers: list[Answer] = []
    resolves: list[Answer] = []


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


class Pop(_Table, frozen=True):
    """[pop]: the mailbox of 9.9 and 9.10."""

    user: Word


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
    to: list[MailAddress]
    name: str = ""
    name_ja: str = ""
    submit: tuple[str, ...] = ("/usr/sbin/sendmail", "-t", "-i")  # reads a whole message, and takes -f SENDER behind it

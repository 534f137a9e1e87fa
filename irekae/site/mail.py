"""[mail] of site.toml: the mail system, and what it does for the site; a table for each system."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from irekae.site.kinds import FILLED, HostName, MailAddress, Mailbox, Path_, Positive, Word

DEFAULT = "qmail"
# Parameters of main.cf that 7.1 and 7.2 set in any case.
SET_FOR_BOTH = (
    "myhostname", "myorigin", "inet_interfaces",
    "mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains",
)  # fmt: skip
Parameters = dict[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+$", description="a parameter of main.cf")], str]
# Of update-exim4.conf.conf.
DC_FOR_BOTH = ("dc_other_hostnames", "dc_local_interfaces", "dc_relay_domains")
Values = dict[
    Annotated[str, msgspec.Meta(pattern=r"^dc_[a-z_]+$", description="a name of update-exim4.conf.conf")],
    Annotated[str, msgspec.Meta(pattern=r"^[^'\n]*$", description="a value without quotes")],
]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class MailingList(_Table, frozen=True):
    """[[mail.lists]]: 7.4 and 9.11.

    bouncer: of ezmlm, which carries its lines out; a list without one has none (7.4 leaves it alone). folder: where its
    members and its archive lie, the bouncer's where it is left out.
    """

    address: MailAddress
    subscribers: Annotated[list[MailAddress], FILLED]
    bouncer: Path_ | None = None
    bouncer_lines: list[str] = []
    folder: Path_ | None = None

    @property
    def place(self) -> str:
        """The list's folder; empty where nobody has said."""
        return self.folder or (self.bouncer or "").rpartition("/")[0]


class _Common(_Table, frozen=True, kw_only=True):
    """What every mail system has: domains (7.1, 7.2, 9.10), mailboxes, and the swap's ways; drain in seconds (1.3)."""

    domains: Annotated[list[HostName], FILLED]
    maildir: str
    lists: list[MailingList] = []
    mailboxes: tuple[Mailbox, ...] = ("/home/*/Mailbox", "/var/mail/*")
    drain: Positive = 60
    undelivered: Literal["carry", "leave"] = "carry"
    may_delete: list[str] = []

    @property
    def bouncers(self) -> list[MailingList]:
        """The lists that have a file for their bounces (7.4)."""
        return [one for one in self.lists if one.bouncer]


class Qmail(_Common, frozen=True, kw_only=True, tag_field="system", tag="qmail"):
    """[mail] of a site with qmail: its control files, its programs, its queue."""

    system: ClassVar[str] = "qmail"
    tables: ClassVar[tuple[str, ...]] = ()
    own_tables: ClassVar[list[str]] = []
    control: Path_
    bin: Path_
    service: Word = "qmail"
    queue: Path_ = "/var/qmail/queue"

    @property
    def conf(self) -> str:
        """The folder of its configuration files."""
        return self.control

    @property
    def unordered(self) -> list[str]:
        """Files in which the order of the lines means nothing; `*` for any characters."""
        return [f"{self.control}/*"]

    @property
    def inject(self) -> list[str]:
        """What takes a message of a program's on the host; `-f`, sender and recipients are added."""
        return [f"{self.bin}/qmail-inject"]


class _ByRole(_Common, frozen=True, kw_only=True):
    """What postfix and exim4 share: settings that a host has by its role, and sendmail's own program.

    for_both: settings that 7.1 and 7.2 write in any case; tables: the command that shows in which files it looks things
    up (3.7); own_tables: those of them that are each machine's own; origin: the domain of what the standby's programs
    send without one (7.1), the administrators' where it is left out.
    """

    for_both: ClassVar[tuple[str, ...]]
    tables: ClassVar[tuple[str, ...]]
    own_tables: list[Path_] = []
    origin: HostName | None = None
    config: Path_
    production: dict[str, str] = {}
    standby: dict[str, str] = {}

    @property
    def one_way(self) -> list[str]:
        """Settings that a standby would get and a production never again: the machines change places every year."""
        return sorted(set(self.standby) - set(self.production) - set(self.for_both))

    @property
    def conf(self) -> str:
        """The folder of its configuration files."""
        return self.config

    @property
    def unordered(self) -> list[str]:
        """Files in which the order of the lines means nothing: none is sure to be one."""
        return []

    @property
    def inject(self) -> list[str]:
        """What takes a message of a program's on the host; `-f`, sender and recipients are added."""
        return ["/usr/sbin/sendmail", "-i"]


class Postfix(_ByRole, frozen=True, kw_only=True, tag_field="system", tag="postfix"):
    """[mail] of a site with postfix.

    config: the folder of main.cf; production, standby: parameters of main.cf that a host has by its role, beside those
    of every null client (irekae/subjects/mail/postfix.py); filters: services that all mail passes through.
    """

    system: ClassVar[str] = "postfix"
    for_both: ClassVar[tuple[str, ...]] = SET_FOR_BOTH
    tables: ClassVar[tuple[str, ...]] = ("postconf", "-x")
    config: Path_ = "/etc/postfix"
    service: Word = "postfix"
    queue: Path_ = "/var/spool/postfix"
    production: Parameters = {}
    standby: Parameters = {}
    filters: list[Word] = []


class Exim(_ByRole, frozen=True, kw_only=True, tag_field="system", tag="exim4"):
    """[mail] of a site with exim4 as Debian has it.

    config: the folder of update-exim4.conf.conf; production, standby: values of that file (dc_other_hostnames …) that a
    host has by its role, beside those that irekae/subjects/mail/exim.py gives it.
    """

    system: ClassVar[str] = "exim4"
    for_both: ClassVar[tuple[str, ...]] = DC_FOR_BOTH
    tables: ClassVar[tuple[str, ...]] = ("exim4", "-bP", "config")
    config: Path_ = "/etc/exim4"
    service: Word = "exim4"
    queue: Path_ = "/var/spool/exim4"
    production: Values = {}
    standby: Values = {}


Mail = Qmail | Postfix | Exim


def with_default(raw: dict[str, Any]) -> dict[str, Any]:
    """All of site.toml as it was read, with the mail system named where [mail] does not."""
    mail = raw.get("mail")
    return {**raw, "mail": {"system": DEFAULT, **mail}} if isinstance(mail, dict) else raw

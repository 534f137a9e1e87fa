"""[survey] of site.toml: what is looked at before and after the swap (0.3)."""

from typing import Annotated

import msgspec

from irekae.site.kinds import HostName, Path_, Positive, Word

# Files that change by themselves, and account files, whose every line is looked at by itself.
CHANGING = (
    "/etc/mtab", "/etc/adjtime", "/etc/ld.so.cache", "/etc/.pwd.lock", "/etc/passwd", "/etc/shadow", "/etc/group",
    "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/*.db", "/etc/*.cdb", "/etc/cups", "/etc/network/run",
    "/etc/rc?.d", "/etc/init.d/.depend.*", "/etc/systemd/system/*.wants", "/etc/systemd/system/*.requires",
    "/usr/local/*/logs", "/usr/local/*/run", "/var/qmail/supervise", "/*.jnl", "/*/managed-keys.bind*", "/*.pid",
    "/*.log", "/*.swp", "/*/__pycache__",
)  # fmt: skip


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Expected(_Table, frozen=True):
    """[[survey.expected]]: a row of the survey, `*` for any characters, that may differ, and why.

    now: what it may be, with `*` too ("none" where it may be gone); without it, what the machine that is production now
    had there before the swap.
    """

    row: str
    why: Annotated[str, msgspec.Meta(min_length=3)]
    now: str = ""


class Survey(_Table, frozen=True):
    """[survey]: what is looked at before and after (0.3).

    trees: folders whose every file is told by a digest; skip: paths, and patterns of them, that are not; named_conf: of
    a name server that does not run; userdir: the folder of a home that holds pages; foreign: a name that recursion is
    asked for; pages: that links are followed to; seconds: of reading users' files each time; certificate_days: that one
    must last; lost_files: that a home may lose, or get written anew, by use.
    """

    trees: list[Path_] = msgspec.field(default_factory=lambda: ["/etc", "/usr/local", "/var/qmail"])
    skip: list[Path_] = msgspec.field(default_factory=lambda: list(CHANGING))
    named_conf: Path_ = "/etc/bind/named.conf"
    userdir: Word = "public_html"
    foreign: HostName = "example.com"
    pages: Positive = 300
    seconds: Positive = 10
    certificate_days: Positive = 14
    lost_files: Positive = 20
    expected: list[Expected] = []

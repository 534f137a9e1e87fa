"""What goes over: homes, data trees, databases, tables of jobs, accounts, scheduled jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from irekae.host.agent.words import LARGEST
from irekae.host.services.shown import properties_of
from irekae.model.units import AT_BOOT
from irekae.site.trees import NEVER_BELOW, SYSTEM
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.services import DATABASES, Daemon
from irekae.subjects.first_site.stores import stores_of
from irekae.subjects.preflight.cron_files import is_table

TABLES = "/var/spool/cron/crontabs"
CERTIFICATES = "/etc/letsencrypt"
MAIL = "/var/mail"
_FEW = 3  # trees in one folder
# Timers that Debian's own packages bring, for the machine's own upkeep; and ours, for a while there.
_STOCK = re.compile(
    r"(apt-daily(-upgrade)?|dpkg-db-backup|e2scrub_all|fstrim|logrotate|man-db|motd-news|systemd-.*|exim4-base|anacron|"
    r"phpsessionclean|update-notifier.*|ua-timer|fwupd.*|mdcheck.*|mdmonitor.*|sysstat.*|plocate.*|updatedb|xfs_scrub.*|irekae-.*)"
    r"\.timer"
)
# Folders of /var/lib and /var/spool that services fill, and no package lists: state of the machine, or named elsewhere.
_STATE = re.compile(
    r"/var/(lib/(systemd|dbus|private|apt|dpkg|ucf|pam|logrotate|urandom|irekae|fail2ban|polkit-1|vim|misc|man-db|python|"
    r"dhcp|NetworkManager|initramfs-tools|os-prober|shells.state|ispell|dictionaries-common|emacsen-common|xml-core|"
    r"sgml-base|aspell|usbutils|mysql|postgresql|mysql-files|mariadb|git|exim4|postfix|apache2|nginx|php|bind|sudo|mlocate|"
    r"insserv|update-rc.d|initscripts|sendmail|snmp|ntp|chrony|wtmpdb|lastlog|alternatives|deb-systemd-.*|tpm2-.*)|spool/(cron|exim4|"
    r"postfix|rsyslog|anacron|mail|cups|at))"
)
_READ = re.compile(r"(?!irekae-)[A-Za-z0-9_-]+")  # names of tables that cron reads, and that are not ours
ROOTS = ("/srv", "/var/www", "/var/lib", "/var/spool", "/opt")
# Whose mail lies in a folder, by its path: the services that are stopped while it is copied.
_WRITERS = {
    r"/var/(vmail|mail(/.+)?|spool/virtual)": ("mail", "box"),
    r"/var/(spool|lib)/(mlmmj|mailman3?)": ("mail",),
}


@dataclass(frozen=True)
class Jobs:
    """Scheduled jobs of the site's own: timers, and files of cron's of no package: scripts, tables.

    passing: timers that are armed until the next boot alone.
    """

    timers: list[str]
    files: list[str]
    tables: list[str]
    passing: list[str]


def trees_of(eyes: Eyes) -> list[str]:
    """Folders with data that no package has brought."""
    found = ["/srv"] if eyes.folders("/srv") or eyes.files("/srv") else []
    below = [path for root in ROOTS[1:] for path in eyes.folders(root)]
    below += [path for path in ("/var/vmail", CERTIFICATES) if eyes.there(path)]
    own = [path for path in eyes.of_no_package(below) if not _STATE.fullmatch(path)]
    kept = [path for path in own if path not in SYSTEM and not path.startswith(tuple(f"{top}/" for top in NEVER_BELOW))]
    filled = [path for path in kept if eyes.names(path)]
    found = list(dict.fromkeys([*found, *filled, *_mail_of(eyes), *([CERTIFICATES] if CERTIFICATES in below else [])]))
    return [*found, *(path for path in stores_of(eyes) if not _touches(path, ("/home", *found)))]


def _touches(path: str, others: Iterable[str]) -> bool:
    """Does a folder lie in another one, or hold it; or is it none to be copied."""
    if path in SYSTEM or path.startswith(tuple(f"{top}/" for top in NEVER_BELOW)):
        return True
    return any(f"{path}/".startswith(f"{other}/") or other.startswith(f"{path}/") for other in others)


def _mail_of(eyes: Eyes) -> list[str]:
    """Folders with mail beside the users' own files there, or all of it: where there are many, or maildirs, or a
    file is larger than one that 3.1 carries over may be."""
    folders = [path for path in eyes.folders(MAIL) if eyes.names(path)]
    maildirs = any("cur" in eyes.names(path) for path in folders)
    return [MAIL] if len(folders) > _FEW or maildirs or eyes.largest(MAIL) > LARGEST else folders


def homes_of(eyes: Eyes) -> list[str]:
    """Names of the folders in /home."""
    return [path.rpartition("/")[2] for path in eyes.folders("/home")]


def range_of(eyes: Eyes) -> tuple[int, int]:
    """The users' numbers of login.defs(5)."""
    said = dict(re.findall(r"^(UID_M(?:IN|AX))\s+(\d+)", eyes.text("/etc/login.defs"), re.MULTILINE))
    return int(said.get("UID_MIN", 1000)), min(int(said.get("UID_MAX", 60000)), 59999)


def jobs_of(eyes: Eyes) -> Jobs:
    """What is scheduled besides Debian's own."""
    listed = eyes.said("systemctl", "list-timers", "--plain", "--no-legend") if eyes.systemd else ""
    timers = sorted({name for name in re.findall(r"(\S+\.timer)\b", listed) if not _STOCK.fullmatch(name)})
    folders = [f"/etc/cron.{period}" for period in ("d", "hourly", "daily", "weekly", "monthly")]
    folders += re.findall(r"^[^#\n]*\brun-parts\s(?:.*\s)?(/[\w./-]+)", eyes.text("/etc/crontab"), re.MULTILINE)
    folders = list(dict.fromkeys(folders))
    paths = [path for folder in folders for path in eyes.files(folder) if not path.endswith("/.placeholder")]
    own = eyes.of_no_package(paths)
    tables = [path for path in own if is_table(path) and _READ.fullmatch(path.rpartition("/")[2])]
    passing = _passing(eyes, timers)
    lasting = [timer for timer in timers if timer not in passing]
    return Jobs(lasting, [path for path in own if not is_table(path)], tables, passing)


def _passing(eyes: Eyes, timers: list[str]) -> list[str]:
    shown = eyes.said("systemctl", "show", "--property=Id,UnitFileState", *timers) if timers else ""
    ends = {unit.get("Id") for unit in properties_of(shown) if AT_BOOT.get(unit.get("UnitFileState", "")) is False}
    return [timer for timer in timers if timer in ends]


def tell(page: Page, eyes: Eyes, other: Eyes, daemons: dict[str, Daemon]) -> None:
    """[home], [[trees]], [[databases]], [copy], [accounts], [phase1].

    Args:
        page: is written to.
        eyes, other: production and standby.
        daemons: what runs on production.
    """
    name, homes = eyes.entry.name, homes_of(eyes)
    if homes:
        page.table("home", seen=f"{len(homes)} homes on {name}")
        page.key("path", "/home")
        theirs = [f"/{one}" for one in homes_of(other) if one not in homes]
        page.key("excludes", plain(theirs), f"homes that only {other.entry.name} has: its own, and protected")
    servers = [(one, kind) for one in daemons.values() if (kind := DATABASES.get(one.process))]
    _trees(page, eyes, daemons)
    _databases(page, servers, name)
    if eyes.there(TABLES):
        page.table("copy")
        page.key("crontabs", TABLES, f"there on {name}")
    low, high = range_of(eyes)
    page.table("accounts", seen=f"/etc/login.defs on {name}")
    page.key("uid_min", low)
    page.key("uid_max", high)
    _jobs(page, jobs_of(eyes), jobs_of(other), name)


def _databases(page: Page, servers: list[tuple[Daemon, str]], name: str) -> None:
    for daemon, kind in servers:
        page.table("databases", many=True, seen=f"{daemon.process} runs on {name}")
        page.key("kind", kind)
        page.key("service", daemon.name)
        cluster = re.fullmatch(r"postgresql@(.+)", daemon.init)
        if cluster and [one for _, one in servers].count(kind) > 1:
            page.key("cluster", cluster[1])


def _trees(page: Page, eyes: Eyes, daemons: dict[str, Daemon]) -> None:
    found, stores = plain(trees_of(eyes)), stores_of(eyes)
    if found:
        page.say()
        page.say("Data outside /home, which no package has brought (3.5). `stopped`: services that write there.")
    for path in found:
        page.table("trees", many=True, seen=f"on {eyes.entry.name}")
        page.key("path", path)
        usual = ("mail", "box") if path in stores else ()
        kinds = next((kinds for pattern, kinds in _WRITERS.items() if re.fullmatch(pattern, path)), usual)
        if writers := sorted(name for name, one in daemons.items() if one.kind in kinds):
            page.key("stopped", writers, "mail lies there")
        if path.startswith("/etc/"):
            page.key("checksum", True, "small files, told apart by contents")


def _jobs(page: Page, jobs: Jobs, others: Jobs, name: str) -> None:
    """What is armed on both hosts is each machine's own: 1.5 would leave it to production alone. No mode holds a table
    of cron's, so phase 0 takes none, nor a timer that no boot arms: a person says what becomes of it."""
    theirs = (*others.timers, *others.tables, *others.passing)
    both = [one for one in (*jobs.timers, *jobs.tables, *jobs.passing) if one in theirs]
    held = plain([*jobs.files, *(timer for timer in jobs.timers if timer not in both)])
    tables = [path for path in jobs.tables if path not in both]
    passing = [timer for timer in jobs.passing if timer not in both]
    if held or both or tables or passing:
        page.table("phase1")
    if held:
        page.key("scheduled", held, f"jobs and timers of no package, or certbot's, on {name}")
    if both:
        page.say(f"on both hosts, so taken for each machine's own: {', '.join(both)}")
    for path in tables:
        page.ask(
            f"{path} of {name} is a table of cron's, which 1.5 cannot hold and no item copies: name the script that it "
            "calls in [phase1] scheduled, or move the table by hand; or is it the machine's own?"
        )
    for timer in passing:
        page.ask(
            f"{timer} is armed on {name}, and no boot arms it: `systemctl enable` it on {name} and name it in [phase1] "
            "scheduled; or does it end with this boot?"
        )

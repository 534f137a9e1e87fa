"""Why a row may be otherwise than it was: the whole table, each change with its reason. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from irekae.host.agent.words import NOT_COUNTED
from irekae.proof.changes_since_copy import Reason
from irekae.site.site import Site
from irekae.site.survey import Expected
from irekae.site.trees import holds
from irekae.subjects.trees.rsync_command import is_left_alone

ALREADY = Reason("was on this machine before")
OWN = Reason("this machine's own: the same as before the swap")
STAYS = Reason("site.toml, [accounts]: this machine's own line stays")
BETWEEN = Reason("changed between the survey and the copy: the old machine has the same")
LEFT_OVER = Reason("stands there under the other host's name, as before the swap on this machine: see 5.2")
WROTE = Reason("written so by the swap")
OWN_ZONE = Reason("the host's own zone, edited by 5.1")
NEWER = Reason("newer; every record is compared by itself")
NUMBERS = Reason("made by a program: only numbers in it differ")
ENDED = Reason("a user's own program: it ended with the old machine's reboot, as all users' did (1.2)")
RAN = Reason("its time has come: it has run")
GREW = Reason("grew by use")
UNCOUNTED = Reason("it was there, and was not counted")
NETWORK = Reason("this machine's own network manager, as before the swap: each brings its own interface up")
MORE = Reason("less limited than before")
LASTS = Reason("another certificate of the same names, which lasts")
# Programs and units of the network managers that 5.3 knows, and what they start.
OF_NETWORK = re.compile(
    r"(systemd-network|systemd-networkd|systemd-network-generator|networking|ifupdown-pre|ifup@[^\s.]+|netplan-[\w-]+|"
    r"NetworkManager|NetworkManager-\w+|nm-dispatcher|dbus-org\.freedesktop\.(network1|NetworkManager|nm-dispatcher))"
    r"(?![\w-])"
)
LOOPBACK = ("localhost", "0.0.127.in-addr.arpa", "127.in-addr.arpa")
SET_BY_PERSON = re.compile(r"\(without its numbers (\w+)\)")


@dataclass(frozen=True)
class Change:
    """A row that differs.

    Attributes:
        kind, key: of the row.
        was, is_: production's values, before and now; None for no such row.
        here: what the machine that is production now had before the swap.
        kept: what the machine that was production has now.
        twin: what the row that speaks of the other host has, here before the swap and now, if that is the same.
    """

    kind: str
    key: str
    was: str | None
    is_: str | None
    here: str | None = None
    kept: str | None = None
    twin: str | None = None

    @property
    def name(self) -> str:
        """As site.toml and the report call it."""
        return f"{self.kind} {self.key}"


@dataclass(frozen=True)
class Sight:
    """What a reason may look at besides.

    Attributes:
        site: what is declared.
        exchanged: have the names changed places: then production is another machine than before.
        now: the moment.
        written: what the swap wrote, path → digest.
        homes: accounts whose homes are copied.
        pairs: the two hosts' names and addresses, each with the other's.
        old: the name that the machine bears now which was production; "" without an exchange.
    """

    site: Site
    exchanged: bool
    now: datetime
    written: Mapping[str, str] = field(default_factory=dict)
    homes: frozenset[str] = frozenset()
    pairs: Mapping[str, str] = field(default_factory=dict)
    old: str = ""

    def remedy(self, kind: str) -> str:
        """What mends a row that differs, if it is not as it may be."""
        if kind not in ON_HOST:
            return "ask for it yourself from outside; a row of the host that differs too may say why"
        there = f"{self.old}, which was production, still has it: bring over what is missing" if self.old else "mend it"
        return f"{there}; then `fab report` again"

    def of_the_other(self, text: str) -> str:
        """A text with the names and addresses of the two hosts exchanged; whole names only."""
        if not self.pairs:
            return text
        forms = "|".join(re.escape(form) for form in sorted(self.pairs, key=len, reverse=True))
        return re.sub(rf"(?<![\w.-])(?:{forms})(?![\w-])", lambda found: self.pairs[found[0]], text)


Test = Callable[[Change, Sight], Reason | None]


def reason(change: Change, sight: Sight) -> Reason | None:
    """The first reason of the table that holds, or None."""
    for rule in sight.site.survey.expected:
        if fnmatchcase(change.name, rule.row) and declared(change, rule, sight):
            return Reason(f"site.toml: {rule.why}")
    for kinds, test in EXPECTED:
        if change.kind in kinds and (found := test(change, sight)):
            return found
    return None


def declared(change: Change, rule: Expected, sight: Sight) -> bool:
    """Is the row as a rule of site.toml says; else it is no longer what the rule was written about."""
    if rule.now:
        return fnmatchcase(change.is_ or "none", rule.now)
    return sight.exchanged and change.is_ == change.here


# --- tests ------------------------------------------------------------------------------------------------------------


def already(change: Change, sight: Sight) -> Reason | None:
    """Production lacked it, and the machine that is production now had it."""
    return ALREADY if sight.exchanged and change.was is None and change.is_ == change.here else None


def own(change: Change, sight: Sight) -> Reason | None:
    """Nobody carries it from machine to machine, and on this one it is as it was."""
    if in_tree(change, sight):
        return None
    return OWN if sight.exchanged and change.is_ == change.here else None


def in_tree(change: Change, sight: Sight) -> bool:
    """Is it a file that goes over with a data tree."""
    for tree in sight.site.trees if change.kind in FILES else ():
        if holds(tree.path, change.key):
            return not is_left_alone(tree, change.key[len(tree.path) :])
    return False


def copied(change: Change, sight: Sight) -> Reason | None:
    """It went over with a data tree, so the machine that it was copied from has the same."""
    return between(change, sight) if in_tree(change, sight) else None


def stays(change: Change, sight: Sight) -> Reason | None:
    """3.4 leaves the standby's line of an account as it is, where it has one and site.toml does not say otherwise."""
    unchanged = sight.exchanged and change.here is not None and change.is_ == change.here
    decided = sight.site.accounts.decided.get(change.key)
    if not unchanged or decided == "source":
        return None
    return STAYS if decided == "target" or not sight.site.accounts.source_wins else None


def between(change: Change, sight: Sight) -> Reason | None:
    """It was copied, so the machine that it was copied from has the same."""
    return BETWEEN if sight.exchanged and change.is_ == change.kept else None


def of_root(change: Change, sight: Sight) -> Reason | None:
    """Keys in a home that is not copied belong to the machine."""
    return own(change, sight) if change.key.partition(":")[0] not in sight.homes else None


def left_over(change: Change, _: Sight) -> Reason | None:
    """The row names the other host, as it always did on this machine."""
    return LEFT_OVER if change.is_ is None and change.twin is not None else None


def written(change: Change, sight: Sight) -> Reason | None:
    """An item of the swap left the file so."""
    mine = sight.written.get(change.key)
    if mine is None:
        return None
    return WROTE if (change.is_ or "none").endswith(mine) else None


def network(change: Change, sight: Sight) -> Reason | None:
    """What brings the network up stays with the machine, whose interface it knows: two hosts need not have the same."""
    mine = sight.exchanged and change.is_ == change.here and OF_NETWORK.match(change.key)
    return NETWORK if mine else None


def own_zone(change: Change, _: Sight) -> Reason | None:
    """The zones of the loopback name the host itself."""
    return OWN_ZONE if change.key.partition(":")[0] in LOOPBACK else None


def newer(change: Change, _: Sight) -> Reason | None:
    """A serial may grow, in the arithmetic of RFC 1982."""
    if not change.key.endswith(": serial") or not (change.was or "").isdigit() or not (change.is_ or "").isdigit():
        return None
    ahead = (int(change.is_ or 0) - int(change.was or 0)) % (1 << 32)
    return NEWER if 0 < ahead < 1 << 31 else None


def numbers(change: Change, _: Sight) -> Reason | None:
    """A page that a program makes: dates and counts."""
    before, after = (SET_BY_PERSON.search(value or "") for value in (change.was, change.is_))
    same = before and after and before[1] == after[1]
    return NUMBERS if same and _head(change.was) == _head(change.is_) else None


def _head(value: str | None) -> tuple[str, str]:
    """Status, and the title without its numbers."""
    status, _, title = (value or "").partition(" content ")[0].partition(" ")
    return status, re.sub(r"\d+", "0", title)


def ended(change: Change, sight: Sight) -> Reason | None:
    """What a user had started."""
    return ENDED if change.is_ is None and change.key.rpartition(" as ")[2] in sight.homes else None


def ran(change: Change, sight: Sight) -> Reason | None:
    """A job that at(1) was to run once."""
    try:
        due = change.is_ is None and datetime.fromisoformat(change.was or "") <= sight.now
    except ValueError:
        return None
    return RAN if due else None


def more(change: Change, _: Sight) -> Reason | None:
    """A daemon may use more than it might."""
    before, after = change.was or "", change.is_ or ""
    larger = before.isdigit() and (after == "unlimited" or (after.isdigit() and int(after) > int(before)))
    return MORE if larger else None


def grew(change: Change, _: Sight) -> Reason | None:
    """A table in use has more rows than it had; one whose rows nobody counted has some."""
    if change.was == NOT_COUNTED and change.is_:
        return UNCOUNTED
    before, after = ((value or "").partition(" ")[0] for value in (change.was, change.is_))
    return GREW if before.isdigit() and after.isdigit() and int(after) > int(before) else None


def lasts(change: Change, sight: Sight) -> Reason | None:
    """Another certificate of the same names may take a certificate's place, if it lasts."""
    if not change.key.endswith(": last day") or change.is_ is None:
        return None
    return LASTS if lasting(change.is_, sight) else None


def lasting(last_day: str, sight: Sight) -> bool:
    """Does a certificate last as long as site.toml wants."""
    try:
        left = datetime.fromisoformat(last_day) - sight.now
    except ValueError:
        return False
    return left > timedelta(days=sight.site.survey.certificate_days)


FILES = ("config", "secret", "rights", "setuid")
ACCOUNTS = ("account", "login", "password", "days")
COPIED = (*ACCOUNTS, "groups", "group", "key", "forward", "list", "POP", "cron", "at", "user page", "web file")
ON_HOST = (
    *COPIED, "right of root", "alias", "mail control", "daemon", "limit", "boot", "listener", "firewall",
    "zone record", "name server", "virtual host", "web file", "database", "config", "secret", "rights", "setuid",
    "package", "mount", "route", "IPv6 route", "routing rule", "kernel",
)  # fmt: skip

NAMED = ("mail control", "alias", "right of root", "firewall", "name server", "cron")

EXPECTED: tuple[tuple[tuple[str, ...], Test], ...] = (
    (ON_HOST, already),
    (COPIED, between),
    (ACCOUNTS, stays),
    (("key",), of_root),
    (NAMED, left_over),
    (("config",), written),
    (FILES, copied),
    ((*FILES, "package", "mount"), own),
    (("daemon", "boot", "limit"), network),
    (("zone record",), own_zone),
    (("zone record",), newer),
    (("page",), numbers),
    (("listener",), ended),
    (("at",), ran),
    (("limit",), more),
    (("database",), grew),
    (("certificate",), lasts),
)

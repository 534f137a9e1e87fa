"""Facts of before the swap and of now, as rows of the report: same, expected (and why), better, or new. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from irekae.model.results import BaselineVerdict, Comparison
from irekae.proof.changes_since_copy import Reason
from irekae.proof.observed import Below, Data, Facts
from irekae.site.site import Site
from irekae.subjects.mailboxes import home_stays

NONE = "none"
AS_WANTED = {"on": "runs, starts at boot", "off": "does not run, does not start at boot"}
BETWEEN = Reason("changed between the baseline and the copy: the old machine holds the same")
STAYS = Reason("stays on each machine: site.toml, [home] excludes")
OWN_ZONE = Reason("the host's own zone, edited by 5.1")
NEWER = Reason("newer; every record is compared by itself")
EITHER = Reason("site.toml lets it be either")
WANTED = Reason("as site.toml wants it")
LOOPBACK = ("localhost", "127.in-addr.arpa")

Why = Callable[[str], Reason | None]
"""Name → why it differs, as far as that is known."""
Trees = Mapping[str, Mapping[str, Below]]


@dataclass(frozen=True)
class Sight:
    """What the comparison may look at.

    Attributes:
        before, now: the facts.
        site: what is declared.
        exchanged: have the names changed places: then the old machine is the standby.
        home, mailbox: a closer look at a name of these that differs.
        tree: the same of a name in a data tree, by the tree's path.
    """

    before: Facts
    now: Facts
    site: Site
    exchanged: bool
    home: Why
    mailbox: Why
    tree: Callable[[str, str], Reason | None] = lambda path, name: None

    @property
    def kept(self) -> Data | None:
        """What the old machine holds now: the original that the copy was made from."""
        return self.now.data["standby"] if self.exchanged else None


def compare(sight: Sight) -> list[Comparison]:
    """All rows, those that are the same counted together."""
    was, is_ = sight.before.data["production"], sight.now.data["production"]
    return [
        *dns(sight.before, sight.now),
        *_mailboxes(sight, _texts(was.mailboxes), _texts(is_.mailboxes)),
        *_rows("/home", _texts(was.home), _texts(is_.home), lambda name: _home(sight, name)),
        *_trees(sight, was.trees, is_.trees),
        *_services(sight, "production"),
        *_services(sight, "standby"),
    ]


def _mailboxes(sight: Sight, was: Mapping[str, str], is_: Mapping[str, str]) -> Iterator[Comparison]:
    """As of every kind; and of a mailbox with as much mail as before, whether it is the old machine's mail still."""
    yield from _rows("mailbox", was, is_, lambda name: _mailbox(sight, name))
    for name in sorted(was):
        if was[name] == is_.get(name) and sight.kept and not _as_kept(sight, "mail", name):
            reason = _mailbox(sight, name)
            if reason is not None and not reason.expected:
                yield _differs(f"mailbox {name}", was[name], is_[name], reason)


def _trees(sight: Sight, was: Trees, is_: Trees) -> Iterator[Comparison]:
    """Every data tree that was looked at before."""
    for path, names in was.items():
        kept = sight.kept.trees.get(path, {}) if sight.kept else None
        now = is_.get(path, {})

        def why(name: str, path: str = path, kept: Any = kept, now: Any = now) -> Reason | None:
            same = kept is not None and kept.get(name) == now.get(name)
            return BETWEEN if same else sight.tree(path, name)

        yield from _rows(path, _texts(names), _texts(now), why)


def _texts(found: Mapping[str, Below | tuple[int, int]]) -> dict[str, str]:
    return {
        name: f"{value[0]} messages, {value[1]} bytes" if isinstance(value, tuple) else str(value)
        for name, value in found.items()
    }


def _rows(kind: str, was: Mapping[str, str], is_: Mapping[str, str], why: Why) -> Iterator[Comparison]:
    """One row for all that is the same, one for each that is not."""
    same = sum(1 for name in was if was[name] == is_.get(name))
    if same:
        yield Comparison(f"{kind}: {same} of {len(was)}", "as found", "the same", "same")
    for name in sorted({*was, *is_}):
        old, new = was.get(name, NONE), is_.get(name, NONE)
        if old != new:
            yield _differs(f"{kind} {name}", old, new, why(name))


def _differs(
    subject: str, old: str, new: str, reason: Reason | None, verdict: BaselineVerdict = "expected difference"
) -> Comparison:
    if reason is None:
        return Comparison(subject, old, new, "new difference")
    return Comparison(subject, old, f"{new} ({reason.text})", verdict if reason.expected else "new difference")


# --- reasons ----------------------------------------------------------------------------------------------------------


def _home(sight: Sight, name: str) -> Reason | None:
    if home_stays(sight.site, name):
        return STAYS
    return BETWEEN if _as_kept(sight, "home", name) else sight.home(name)


def _mailbox(sight: Sight, name: str) -> Reason | None:
    if _stays(sight, name):
        return STAYS
    same = _as_kept(sight, "mailboxes", name) and _as_kept(sight, "mail", name)
    return BETWEEN if same else sight.mailbox(name)


def _stays(sight: Sight, user: str) -> bool:
    """The mail of a home that the copy leaves alone, all of which the old machine still has."""
    was, kept = sight.before.data["production"].mailboxes.get(user), (sight.kept or sight.now.data["production"])
    return home_stays(sight.site, user) and (was is None or kept.mailboxes.get(user, (0, 0)) >= was)


def _as_kept(sight: Sight, part: str, name: str) -> bool:
    """The old machine, whose data were copied, has just the same, or lacks it as well."""
    if sight.kept is None:
        return False
    return bool(_part(sight.kept, part).get(name) == _part(sight.now.data["production"], part).get(name))


def _part(data: Data | None, part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(data, part) if data else {}
    return found


def _services(sight: Sight, role: str) -> Iterator[Comparison]:
    was, is_ = sight.before.services[role], sight.now.services[role]
    wanted = {name: getattr(service, role) for name, service in sight.site.services.items()}
    for row in _rows(f"{role}'s service", was, is_, lambda _: None):
        name = row.subject.rpartition(" ")[2]
        if row.verdict == "same" or name not in wanted:
            yield row
        elif wanted[name] == "any":
            yield _differs(row.subject, row.before, row.after, EITHER)
        elif row.after == AS_WANTED[wanted[name]]:
            yield _differs(row.subject, row.before, row.after, WANTED, "better")
        else:
            yield row


# --- DNS --------------------------------------------------------------------------------------------------------------


def dns(before: Facts, now: Facts) -> Iterator[Comparison]:
    """Record by record; a zone as a whole only where both servers gave it."""
    both = before.zones.keys() & now.zones.keys()
    was, was_serials = _split(before, both)
    is_, is_serials = _split(now, both)
    if _silent(was) and not _silent(is_):
        yield _differs("DNS", "no answer", f"{len(is_)} sets of records", Reason("it answers now"), "better")
        return
    yield from _rows("DNS", was, is_, _of_the_host)
    yield from _rows("DNS serial", was_serials, is_serials, lambda zone: _serial(zone, was_serials, is_serials))


def _silent(records: Mapping[str, str]) -> bool:
    return set(records.values()) <= {"no answer"}


def _split(facts: Facts, zones: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Records as text, and the serials, which are no data, apart (RFC 1035, 3.3.13: the third word of a SOA)."""
    records, serials = {}, {}
    for key, values in (facts.dns | {key: value for zone in zones for key, value in facts.zones[zone].items()}).items():
        words = values[0].split() if values else []
        if key.endswith(" SOA") and len(words) == 7:
            serials[key.removesuffix(" SOA")] = words[2]
            values = [" ".join((*words[:2], *words[3:]))]
        records[key] = " · ".join(values)
    return records, serials


def _of_the_host(key: str) -> Reason | None:
    name = key.rpartition(" ")[0]
    inside = any(name == zone or name.endswith(f".{zone}") for zone in LOOPBACK)
    return OWN_ZONE if inside else None


def _serial(zone: str, was: Mapping[str, str], is_: Mapping[str, str]) -> Reason | None:
    if reason := _of_the_host(f"{zone} SOA"):
        return reason
    if zone not in was or zone not in is_:
        return None
    ahead = (int(is_[zone]) - int(was[zone])) % (1 << 32)
    return NEWER if 0 < ahead < 1 << 31 else None

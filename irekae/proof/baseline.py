"""The baseline of data (0.3): kept before the swap, compared with what is found now for the report."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from irekae.host.parts import each_ahead
from irekae.host.remote import Link
from irekae.host.side_by_side import side_by_side
from irekae.model.items import ITEMS, find_item
from irekae.model.journal import State
from irekae.model.legible import legible
from irekae.model.results import Comparison
from irekae.proof import comparison, mail_account, observed
from irekae.proof.changes_since_copy import Listed, Reason, difference
from irekae.proof.comparison import Sight
from irekae.proof.mailbox_changes import ARRIVED, mailbox_reason, taken
from irekae.proof.observed import Below, Facts
from irekae.proof.suite_records import LAST_CHANGE
from irekae.proof.survey import compare as rows
from irekae.proof.survey import looking, reasons
from irekae.site.site import needed
from irekae.subjects.preflight.clock import CLOCK
from irekae.swap.evidence import Kind, Reading, keep
from irekae.swap.swap import Swap, names_of


def keep_facts(swap: Swap) -> str:
    """Take the survey and keep it on both hosts; a line that says what it covers."""
    found = observed.take(swap)
    keep(swap, Kind.SURVEY, found)
    data, seen = found.data["production"], {**found.seen["production"], **found.outside}
    counts = {kind: len(rows) for kind, rows in seen.items()}
    return (
        f"kept: {sum(counts.values())} rows of {len(counts)} kinds ({counts.get('zone record', 0)} records of zones, "
        f"{counts.get('page', 0)} pages, {counts.get('account', 0)} accounts …), {len(data.mailboxes)} mailboxes, "
        f"{len(data.home)} homes, contents of {len(found.contents)} files, services of both hosts"
    )


def compare(swap: Swap, records: Reading) -> tuple[Comparison, ...]:
    """What is different from before the swap; nothing when no survey was kept, or the swap is under way."""
    kept = [] if under_way(swap) else records.all_of(Kind.SURVEY, Facts)
    if not kept:
        return ()
    before = kept[-1].value
    now = observed.take(swap, before)
    since = _since(swap, before)
    mail = _Mail(cache(partial(_removed, swap, since)), cache(partial(_raw_users, swap.site.mailboxes)))
    sight = Sight(
        before,
        now,
        swap.site,
        swap.exchanged,
        partial(_home, swap, now, since),
        partial(_mailbox, swap, before, now, since, mail),
        partial(_tree, swap, now, since),
    )
    return (*comparison.compare(sight), *_survey(swap, before, now), *mail_account.rows(swap, since))


def _survey(swap: Swap, before: Facts, now: Facts) -> Iterator[Comparison]:
    homes = frozenset(_in_home(before, swap) | _in_home(now, swap))
    sight = reasons.Sight(
        swap.site,
        swap.exchanged,
        datetime.fromisoformat(now.at),
        looking.written(swap),
        homes,
        _pairs(swap),
        swap.inventory.standby.name if swap.exchanged else "",
    )
    kinds = ({**facts.seen, "outside": facts.outside} for facts in (before, now))
    yield from rows.compare(sight, *kinds)
    yield from rows.contents(before.contents, now.contents)


def _pairs(swap: Swap) -> dict[str, str]:
    """Each name and address of the two hosts, with the other's."""
    ours, theirs = (names_of(entry) for entry in swap.inventory.pair)
    both = list(zip((ours.fqdn, ours.label, ours.short, ours.address), (theirs.fqdn, theirs.label, theirs.short,
                    theirs.address), strict=True))  # fmt: skip
    if ours.ipv6:
        both.append((ours.ipv6, theirs.ipv6))
    return dict([*both, *((other, one) for one, other in both)])


def _in_home(facts: Facts, swap: Swap) -> set[str]:
    """Accounts whose home is one of those that are copied."""
    home, accounts = swap.site.home, facts.seen.get("production", {}).get("account", {})
    return {name for name, text in accounts.items() if home and f" {home.path}/" in text}


def _states(swap: Swap) -> dict[str, list[State]]:
    """What became of the items that change the hosts (phases 1 to 8), by number."""
    items = [item for item in ITEMS.values() if 1 <= item.phase <= LAST_CHANGE]
    return {item.number: [swap.state(item, role).state for role in item.roles] for item in items}


def has_begun(swap: Swap) -> bool:
    """Has anything been done that changes the hosts, and not been taken back."""
    return any(state is not State.NOT_DONE for found in _states(swap).values() for state in found)


def under_way(swap: Swap) -> bool:
    """Has the swap begun, and are the hosts not rebooted yet (8.1): then services are down, and nothing can be said."""
    return has_begun(swap) and not all(state.settled for state in _states(swap)["8.1"])


def _since(swap: Swap, before: Facts) -> float:
    """From when on a change is one by use: when the copy was confirmed; while there is none, since the baseline.

    The hosts' clocks may be off by what 0.2 lets pass; nothing is in use for that long before the copy is confirmed.
    """
    item = find_item("4.1")
    confirmed = [swap.state(item, role).at for role in item.roles] if swap.exchanged else []
    moments = [datetime.fromisoformat(at).timestamp() for at in confirmed if at]
    return max(moments, default=datetime.fromisoformat(before.at).timestamp()) - CLOCK


# --- a closer look ----------------------------------------------------------------------------------------------------


def _links(swap: Swap) -> tuple[Link, Link]:
    """The old machine and the new one, after the exchange."""
    return swap.links[swap.inventory.standby.name], swap.links[swap.inventory.production.name]


def _listed(link: Link, path: str, name: str, **options: Any) -> Iterator[Listed]:
    # The facts hold names as they are shown; the host knows them as bytes, which need not be UTF-8.
    named = next((raw for raw in link.ask("list", path=path) or {} if legible(raw) == name), name)
    return each_ahead(link, link.entry.name, "listed", path=path, name=named, **options)


def _home(swap: Swap, now: Facts, since: float, name: str) -> Reason | None:
    newest = now.data["production"].home.get(name)
    return _below(swap, since, newest, needed(swap.site.home).path, name, skip=observed.left_out(swap.site))


def _tree(swap: Swap, now: Facts, since: float, path: str, name: str) -> Reason | None:
    tree = next((tree for tree in swap.site.trees if tree.path == path), None)
    if tree is None:
        return None  # site.toml has another tree by now
    newest = now.data["production"].trees.get(path, {}).get(name)
    return _below(swap, since, newest, path, name, skip=observed.passed_by(swap.site, tree))


def _below(swap: Swap, since: float, found: Below | None, path: str, name: str, **options: Any) -> Reason | None:
    """What differs path by path; without an exchange there is no original, only the time of the newest file."""
    if not swap.exchanged:
        return Reason("changed since the baseline") if found and found.newest >= since else None
    (old, new), most = (_listed(link, path, name, **options) for link in _links(swap)), swap.site.survey.lost_files
    if swap.site.home and path == swap.site.home.path:
        return difference(side_by_side(old, new), since).reason(most)
    tops = [link.ask("stat", path=path) for link in _links(swap)]
    if not all(tops):
        return None
    return difference(side_by_side(old, new), since, tops[1]["mtime"] // 10**9).reason_in_tree(most)


def _removed(swap: Swap, since: float) -> dict[str, int]:
    """What sessions removed on production since, by user as he is shown."""
    found: dict[str, int] = swap.links[swap.inventory.production.name].ask("mail_removed", since=since)
    return {legible(user): count for user, count in found.items()}


class _Mail(NamedTuple):
    """What is asked of a host once, and only where a mailbox differs: it goes through all of them, or through the logs.

    Attributes:
        removed: what sessions removed on production since, by user as he is shown.
        raw_users: on a host, users as they are shown, with how the host knows them.
    """

    removed: Callable[[], dict[str, int]]
    raw_users: Callable[[Link], dict[str, str]]


def _raw_users(boxes: list[str], link: Link) -> dict[str, str]:
    return {legible(raw): raw for raw in link.ask("mailboxes", boxes=boxes)}


def _mailbox(swap: Swap, before: Facts, now: Facts, since: float, mail: _Mail, user: str) -> Reason | None:
    """Mail that arrived, or that its owner took since; without an exchange there is no original, only its count."""
    was, is_ = (found.data["production"].mailboxes.get(user) for found in (before, now))
    if is_ is None:
        return None
    most, by_log = swap.site.survey.lost_files, lambda: mail.removed().get(user, 0)
    if swap.exchanged:
        old, new = (_mail(link, swap, mail.raw_users(link).get(user, user)) for link in _links(swap))
        return mailbox_reason(old, new, since, most, by_log)
    lost = max(0, (was or is_)[0] - is_[0])
    return taken(lost, (was or is_)[0], most, by_log) if lost else ARRIVED


def _mail(link: Link, swap: Swap, user: str) -> Iterator[Listed]:
    return each_ahead(link, link.entry.name, "mail", boxes=swap.site.mailboxes, user=user)

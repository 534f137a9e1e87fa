"""What an operator sees of the hosts before he types a word: who is there, who measures, how root's way in is."""

from collections.abc import Callable
from datetime import datetime

from irekae import subjects
from irekae.host.remote import Link
from irekae.model.errors import SwapError
from irekae.proof.outage.watcher import who_watches
from irekae.swap.consent import Table
from irekae.swap.swap import Swap, login_user

MOST = 12  # sessions of a host


def what_one_sees(swap: Swap) -> Table:
    """The hosts as they are just now. What cannot be asked is told as that, and stops nobody."""
    return [
        ("Logged in", _on_each(swap, lambda link: _people(swap, link))),
        ("At work", _at_work(swap)),
        ("Prober", [who_watches(swap)]),
        ("Root's way in", _on_each(swap, lambda link: [subjects.door_of(swap, link)])),
    ]


def _on_each(swap: Swap, look: Callable[[Link], list[str]]) -> list[str]:
    found = []
    for entry in swap.inventory.pair:
        try:
            told = look(swap.links[entry.name])
        except SwapError as error:
            told = [f"not known: {error.what}"]
        found += [f"{entry.name}: {line}" for line in told]
    return found


def _people(swap: Swap, link: Link) -> list[str]:
    operators = {*swap.site.site.operators, login_user(link.entry)}
    found = subjects.logins(link)
    lines = [_person(login, operators) for login in found[:MOST]]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return [*lines, *more] or ["nobody"]


def _person(login: subjects.Login, operators: set[str]) -> str:
    since = f" since {_time(login.since)}" if login.since else ""
    origin = f" from {login.origin}" if login.origin else ""
    mark = "" if login.user in operators else " (no operator)"
    return f"{login.user}{mark}, {login.terminal}{origin}{since}"


def _time(moment: datetime) -> str:
    """Of the seat, as the rest of a table; with the day where it is another."""
    here = moment.astimezone()
    return here.strftime("%H:%M" if here.date() == datetime.now().astimezone().date() else "%Y-%m-%d %H:%M")


def _said(since: str) -> str:
    """A moment that a host said; what is none stays as it is."""
    try:
        return _time(datetime.fromisoformat(since))
    except ValueError:
        return since or "nobody knows when"


def _at_work(swap: Swap) -> list[str]:
    """The items that somebody holds just now."""
    found = []
    for entry in swap.inventory.pair:
        for number, holder in sorted(swap.links[entry.name].facts["holders"].items()):
            found.append(f"{number} on {entry.name}: {holder.get('who', '?')} since {_said(holder.get('since', ''))}")
    return found or ["nobody works on an item"]

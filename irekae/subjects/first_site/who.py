"""Are the two of the command line who it takes them for: by what they call themselves, and by what they serve."""

from __future__ import annotations

import shlex

from irekae.host.sockets import LISTENING
from irekae.model.errors import typed, wrong_use
from irekae.model.legible import line as legible
from irekae.site.inventory import Inventory, is_host_name
from irekae.subjects.first_site.data import homes_of
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.preflight.identity import ADDRESSES_OF, knows_itself_as
from irekae.subjects.preflight.roles import Shown, backwards, ports_of

_NO_NAMES = ("localhost", "debian")  # of a machine that nobody has given one


def want_as_named(known: Inventory, production: Eyes, standby: Eyes) -> None:
    """A hosts.ini that is there is a person's word, of which phase 0 tells; the command line may be a slip.

    Raises:
        SwapError: one of the two calls itself otherwise, or the standby looks like production (exit status 2).
    """
    if known.path.exists():
        return
    pair = (production, standby)
    wrong = [eyes for eyes in pair if not _is_so_called(eyes)]
    shown = [Shown(_called(eyes) or eyes.entry.name, _ports(eyes), frozenset(homes_of(eyes))) for eyes in pair]
    facts = backwards(shown[0], shown[1])
    if wrong:
        told = [f"{one.entry.address} calls itself {legible(_called(one))}, not {one.entry.name}" for one in wrong]
        # Where each has the other's name, a name that was meant is worth more than an address.
        interchanged = [_called(eyes) for eyes in pair] == [standby.entry.name, production.entry.name]
        turned = bool(facts) or (interchanged and not backwards(shown[1], shown[0]))
        raise wrong_use("; ".join(told), "; ".join(facts), _hint(pair, turned))
    if facts:
        raise wrong_use(
            f"{standby.entry.name} looks like production, and {production.entry.name} like the standby",
            "; ".join(facts),
            f"{_hint(pair, turned=True)}; if it is meant so: write {known.path} by hand, and call again",
        )


def _called(eyes: Eyes) -> str:
    """What a host calls itself, without its domain."""
    return str(eyes.link.facts["hostname"]).partition(".")[0]


def _is_so_called(eyes: Eyes) -> bool:
    """By its own name, or by a further one that it knows as its own."""
    name = eyes.entry.name
    if _called(eyes).casefold() == name.casefold():
        return True
    return knows_itself_as(eyes.said(*ADDRESSES_OF, name), eyes.entry.address)


def _ports(eyes: Eyes) -> dict[str, str]:
    return ports_of(eyes.said(*LISTENING), (eyes.entry.address, *eyes.given_ipv6))


def _hint(pair: tuple[Eyes, Eyes], turned: bool) -> str:
    """The command line with the names that the hosts have; turned: and the other one as production."""
    given = [f"{eyes.entry.name}={eyes.entry.address}" for eyes in pair]
    names = [_called(eyes) if not _is_so_called(eyes) else eyes.entry.name for eyes in pair]
    if not all(is_host_name(name) and name not in _NO_NAMES for name in names) or len(set(names)) < len(names):
        return "give each host its name first (`hostname NAME` on it, and /etc/hostname, /etc/hosts likewise)"
    where = [f"{eyes.entry.address}:{eyes.entry.port}".removesuffix(":22") for eyes in pair]
    right = [f"{name}={place}" for name, place in zip(names, where, strict=True)]
    wanted = dict(zip(given, reversed(right) if turned else right, strict=True))
    words = [_in_its_place(word, wanted) for word in shlex.split(typed())]
    return f"`{shlex.join(words)}`"


def _in_its_place(word: str, wanted: dict[str, str]) -> str:
    """A word of the command line, with the host that it names exchanged."""
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    name, _, where = value.partition("=")
    return option + equals + wanted.get(f"{name}={where.partition(':')[0]}", value)

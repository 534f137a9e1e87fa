"""interfaces(5) with all that it sources: is the interface defined so that its address can be exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address
from posixpath import basename, dirname, join

from irekae.host.editors.interfaces import stated
from irekae.host.editors.stanzas import COMMANDS, Stanza, stanzas
from irekae.host.editors.tokens import spelled
from irekae.host.host import Host
from irekae.subjects.network.watchdog.words import SETS
from irekae.swap.obstacle import Obstacle

MAIN = "/etc/network/interfaces"
ONE_STANZA = "leave one plain `iface {0} inet static` with `address {1}`, and nothing else that names the address"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")  # run-parts(8): what source-directory reads
_TOO_CLEVER = re.compile(r"[$`~'\"\\{]")  # wordexp(3) does more with it than a name's pattern
_SETS = re.compile(SETS)


@dataclass
class Files:
    """All stanzas, and what could not be followed."""

    stanzas: list[Stanza] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Definition:
    """What is expected: the interface, the file that defines it ("": any), the host's address, the other host's, those
    that stay with the machine by site.toml, and the IPv6 addresses of both, "" without."""

    interface: str
    path: str
    address: str
    other: str
    stays: tuple[str, ...] = ()
    six: str = ""
    other_six: str = ""

    @property
    def remedy(self) -> str:
        """What ends most obstacles."""
        return ONE_STANZA.format(self.interface, self.address)


def read_all(host: Host) -> Files:
    """interfaces and what it sources, as the host has them."""
    found = Files()
    _read(host, MAIN, found)
    return found


def _read(host: Host, path: str, found: Files) -> None:
    if path in found.seen:
        return
    found.seen.add(path)
    held = host.find(path)
    if held is None:
        found.obstacles.append(Obstacle(f"{path} is missing", "ifupdown needs it; or take out what sources it"))
        return
    for stanza in stanzas(held.data, path):
        found.stanzas.append(stanza)
        if stanza.keyword in ("source", "source-directory"):
            for pattern in stanza.words:
                for sourced in _sourced(host, stanza, join(dirname(path), pattern), found):
                    _read(host, sourced, found)


def _sourced(host: Host, stanza: Stanza, pattern: str, found: Files) -> Iterator[str]:
    """The files that a `source` or `source-directory` reads."""
    folder, name = (pattern, "") if stanza.keyword == "source-directory" else (dirname(pattern), basename(pattern))
    if _TOO_CLEVER.search(pattern) or any(sign in folder for sign in "*?["):
        what = f"{stanza.place}: `{stanza.keyword} {pattern}` cannot be followed"
        found.obstacles.append(Obstacle(what, "write it as a plain path, with * in its last part at most"))
        return
    for entry, state in sorted(host.names(folder).items()):
        wanted = bool(_PLAIN_NAME.fullmatch(entry)) if not name else fnmatchcase(entry, name)
        if wanted and not (entry.startswith(".") and not name.startswith(".")) and state.get("kind") != "dir":
            yield join(folder, entry)


def definition(found: Sequence[Stanza], wanted: Definition) -> Iterable[Obstacle]:
    """Why the interface's definition is not one that can be exchanged; nothing when it can."""
    ours = [stanza for stanza in found if stanza.is_of(wanted.interface) and stanza.words[1:2] != ("inet6",)]
    if not ours:
        yield Obstacle(
            f"ifupdown knows no `iface {wanted.interface} inet`: its address is set elsewhere", wanted.remedy
        )
    elif len(ours) > 1:
        places = ", ".join(stanza.place for stanza in ours)
        yield Obstacle(f"{wanted.interface} is defined {len(ours)} times: {places}", wanted.remedy)
    else:
        yield from _stanza(ours[0], wanted)
        yield from _six(found, ours[0].path, wanted) if wanted.six else ()
    for stanza in found:
        if stanza.keyword == "mapping" and any(fnmatchcase(wanted.interface, word) for word in stanza.words):
            yield Obstacle(f"{stanza.place}: a mapping decides what {wanted.interface} is", wanted.remedy)
        if not (len(ours) == 1 and stanza is ours[0]):
            yield from _elsewhere(stanza, wanted)
            yield from _further(stanza, wanted) if stanza.keyword == "iface" else ()
    if not any(stanza.brings_up(wanted.interface) for stanza in found):
        yield Obstacle(
            f"nothing brings {wanted.interface} up at boot", f"`auto {wanted.interface}` in {wanted.path or MAIN}"
        )


def _stanza(stanza: Stanza, wanted: Definition) -> Iterable[Obstacle]:
    method = " ".join(stanza.words[2:])
    if method != "static":
        yield Obstacle(f"{stanza.place}: {wanted.interface} is `{method}`, not `static`", wanted.remedy)
    if stanza.all_of("inherits"):
        yield Obstacle(f"{stanza.place}: {wanted.interface} inherits from another stanza", wanted.remedy)
    if stated(stanza) == [wanted.other]:
        yield Obstacle(
            f"{stanza.place} states {wanted.other} already",
            f"put {wanted.address} back: irekae writes the new address into it when phase 6 is confirmed, not before",
        )
    elif stated(stanza) != [wanted.address]:
        said = ", ".join(stated(stanza)) or "no address"
        yield Obstacle(f"{stanza.place} states {said}, not {wanted.address}", wanted.remedy)
    if wanted.path and stanza.path != wanted.path:
        yield Obstacle(
            f"{wanted.interface} is defined in {stanza.path}",
            f"name that file as [network] interfaces and in [[files]] of site.toml, instead of {wanted.path}, "
            "or leave the key out",
        )
    for option in stanza.options:
        if option.name.startswith(("bridge", "bond", "vlan", "vxlan", "tunnel", "wpa")):
            yield Obstacle(f"{stanza.path}:{option.line + 1}: `{option.name}`: no plain interface", wanted.remedy)
        if option.name in COMMANDS and _SETS.search(option.value) and not _only_stays(option.value, wanted):
            yield Obstacle(f"{stanza.path}:{option.line + 1} sets an address by itself: {option.value}", wanted.remedy)


def _six(found: Sequence[Stanza], path: str, wanted: Definition) -> Iterable[Obstacle]:
    """The IPv6 address stands once, in a static stanza of the same file."""
    remedy = f"leave one plain `iface {wanted.interface} inet6 static` with `address {wanted.six}` in {path}"
    sixes = [stanza for stanza in found if stanza.is_of(wanted.interface) and stanza.words[1:2] == ("inet6",)]
    own = [stanza for stanza in sixes if wanted.six in stated(stanza)]
    if [(stanza.path, stanza.words[2:3]) for stanza in own] != [(path, ("static",))]:
        places = ", ".join(stanza.place for stanza in own) or "nowhere"
        yield Obstacle(f"{wanted.six} must be stated once in {path}, and stands {places}", remedy)
    for stanza in sixes:
        if wanted.other_six in stated(stanza):
            yield Obstacle(f"{stanza.place} states {wanted.other_six} already", remedy)


def _only_stays(command: str, wanted: Definition) -> bool:
    """Does a command set nothing but addresses that are declared to stay."""
    found = [word.split("/")[0] for word in command.split() if _is_address(word.split("/")[0])]
    return bool(found) and set(found) <= set(wanted.stays)


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _further(stanza: Stanza, wanted: Definition) -> Iterable[Obstacle]:
    """Another stanza of the same interface, an alias (`eth0:0`) or its IPv6, whose address nobody has decided on.

    It need not be up now: at the next boot it is.
    """
    name, family = stanza.words[0], (*stanza.words, "", "")[1]
    if name.split(":")[0] != wanted.interface or (name == wanted.interface and family != "inet6"):
        return
    for address in stated(stanza):
        if address not in (wanted.address, wanted.other, wanted.six, wanted.other_six, *wanted.stays):
            yield Obstacle(
                f"{stanza.place}: {name} gets {address} too: should it move with the name or stay",
                f'if it belongs to the machine: stays = ["{address}"] in [network] of site.toml; if to the name, '
                "take it out",
            )


def _elsewhere(stanza: Stanza, wanted: Definition) -> Iterable[Obstacle]:
    """Another stanza that names one of the pair's addresses as an interface's, or sets it by a command."""
    pair = {wanted.address, wanted.other, wanted.six, wanted.other_six} - {""}
    for option in stanza.options:
        if option.name not in ("address", *COMMANDS):
            continue
        if option.name == "address" and stanza.is_of(wanted.interface) and stanza.words[1:2] == ("inet6",):
            continue  # `_six` says where the IPv6 address stands
        words = {spelled(word) for word in re.split(r"[^0-9A-Fa-f.:]+", option.value)}
        if words & pair and (option.name == "address" or _SETS.search(option.value)):
            place = f"{stanza.path}:{option.line + 1}"
            yield Obstacle(f"{place}: {' '.join(stanza.words[:1])} sets it too: {option.value}", wanted.remedy)

"""Records that change in the swap, and how long others may keep what they were: lowered by 0.5, as before by 11.3.

After the swap the other machine answers for the zones. What its files say otherwise is what changes: resolvers that
asked before would go on with the old answer for as long as its TTL says.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date

from irekae.host.editors.ttl import Kept, Key, lowered, restored, serial, with_serial
from irekae.host.editors.zone import next_serial
from irekae.host.host import Host
from irekae.host.record import Written
from irekae.model.differences import diff
from irekae.model.errors import SwapError
from irekae.model.journal import Entry, undoable
from irekae.site.site import Site, needed
from irekae.subjects.name_server import choose
from irekae.subjects.name_server.conf import OWN_ZONES, Zone
from irekae.subjects.name_server.zones import ASKED, at_rest, load, state_of, write, zones
from irekae.swap.swap import Swap

# Made anew by the server; and the SOA, which says how new the zone is.
_REMADE = ("SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "TYPE65534")
_PLAIN = ("-i", "none", "-k", "ignore", "-m", "ignore", "-n", "ignore", "-r", "ignore")

Records = dict[Key, set[str]]


@dataclass(frozen=True)
class Side:
    """One host's copy of a zone.

    Attributes:
        host, zone: whose, and which.
        tool: the host's named-compilezone.
        journal: has the server written down changes beside the file.
    """

    host: Host
    zone: Zone
    tool: str = ""
    journal: bool = False


def lower(swap: Swap) -> None:
    """Lower the TTL of the records that change, on both machines; the serial of both is then the same, and higher."""
    seconds = needed(needed(swap.site.dns).ttl_during)
    ours, theirs = _sides(swap.production, swap.site), _sides(swap.standby, swap.site)
    for key, side in ours.items():
        if key not in theirs:
            side.host.warn(f"zone {side.zone.name} is not {swap.standby.name}'s: nobody answers for it after the swap")
            continue
        changing = _changing(side, theirs[key])
        if changing is None:
            continue
        if not changing:
            side.host.say(f"zone {side.zone.name}: no record changes in the swap")
            continue
        side.host.result(f"zone {side.zone.name}: these change in the swap: {_told(changing)}")
        _lower(swap, (side, theirs[key]), changing, seconds)


def _sides(host: Host, site: Site) -> dict[tuple[str, str], Side]:
    """Its zones but for those of the loopback, which name the host itself, by name and view."""
    known = [zone for zone in zones(host, site) if not OWN_ZONES.fullmatch(zone.name)]
    tool = choose(host, site).tool(host, "named-compilezone")
    folders = {posixpath.dirname(zone.file) for zone in known}
    journals = {posixpath.join(folder, name) for folder in folders for name in host.names(folder)}
    return {(zone.name, zone.view): Side(host, zone, tool, f"{zone.file}.jnl" in journals) for zone in known}


def _told(keys: set[Key]) -> str:
    return ", ".join(f"{owner} {kind}" for owner, kind in sorted(keys))


def _changing(ours: Side, theirs: Side) -> set[Key] | None:
    """Whose records of which type are other ones there, or are on one side alone; None: it is left alone."""
    before, after = records_of(ours), records_of(theirs)
    if before is None or after is None:
        return None
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def records_of(side: Side) -> Records | None:
    """What the zone's file says, as the name server's own tool reads it ($INCLUDE, $GENERATE, a journal).

    None, which is told, where it cannot be read, or holds signatures: no other serial or TTL would go with them.
    """
    host, zone = side.host, side.zone
    options = [*_PLAIN, *(["-j"] if side.journal else []), "-q", "-w", _folder(zone), "-o", "-"]
    said = host.look(side.tool, *options, zone.name, zone.file, timeout=ASKED)
    if said.status:
        why = " ".join((said.err or said.out).decode("utf-8", "replace").split())[-300:]
        host.warn(f"zone {zone.name} is left alone, its TTLs stay: {side.tool} cannot read {zone.file}: {why}")
        return None
    found: Records = {}
    for line in said.text.splitlines():
        fields = line.split(None, 4)
        if len(fields) == 5 and fields[3] == "RRSIG":
            host.warn(f"zone {zone.name} is left alone, its TTLs stay: {zone.file} holds signatures, made by hand")
            return None
        if len(fields) == 5 and fields[3] not in _REMADE:
            found.setdefault((fields[0].lower(), fields[3]), set()).add(" ".join(fields[4].split()))
    return found


def _folder(zone: Zone) -> str:
    """Where relative `$INCLUDE` begin, for named and so for its tools."""
    return zone.folder or posixpath.dirname(zone.file)


def _lower(swap: Swap, sides: tuple[Side, Side], keys: set[Key], seconds: int) -> None:
    with ExitStack() as resting:
        for side in sides:
            resting.enter_context(at_rest(side.host, swap.site, [side.zone]))
        held = [side.host.read(side.zone.file) for side in sides]
        new = [lowered(data, side.zone.name, keys, seconds) for side, data in zip(sides, held, strict=True)]
        if not any(kept for _, kept in new):
            for side in sides:  # whoever wrote them may have been ended before named read them
                load(side.host, swap.site, side.zone)
            return
        number = next_serial(max(map(_serial_of, sides, held)), _day(swap))
        for side, data, (text, kept) in zip(sides, held, new, strict=True):
            undo = {"kind": "ttl", "zone": asdict(side.zone), "seconds": seconds, "were": _written(kept)}
            _put(swap.site, side, data, with_serial(text, number), undo)
            if others := keys - kept.keys():
                side.host.say(f"no higher TTL in {side.zone.file}: {_told(others)}")
        _tell_wait(sides[0], new[0][1])


def _tell_wait(side: Side, kept: dict[Key, Kept]) -> None:
    longest = max((seconds for were in kept.values() for _, seconds in were), default=0)
    if longest:
        side.host.result(f"zone {side.zone.name}: who asked before may keep the old answer for {longest} s from now on")


def _day(swap: Swap) -> date:
    return date(int(swap.today[:4]), int(swap.today[4:6]), int(swap.today[6:]))


def _serial_of(side: Side, data: bytes) -> int:
    """The serial in the zone's file.

    Raises:
        SwapError: it has none.
    """
    found = serial(data)
    if found is None:
        what = f"{side.zone.file} on {side.host.name} has no serial that is understood"
        raise SwapError(
            what, hint="the SOA record stands in that file, its serial is a number; or leave ttl_during out"
        )
    return found


def _put(site: Site, side: Side, before: bytes, after: bytes, undo: Entry | None) -> None:
    """Write a zone's file, if named-checkzone takes it, and have a running named read it; undo: None in an undo."""
    host, zone = side.host, side.zone
    tool = choose(host, site).tool(host, "named-checkzone")
    host.query(tool, *_PLAIN, "-w", _folder(zone), zone.name, "/dev/stdin", stdin=after, timeout=ASKED)
    if undo is not None:
        lines = diff(zone.file, before, after, host.record.secrecy(zone.file, host.mode_of(zone.file)))
        wrote = {zone.file: Written(state_of(host, zone), after)}
        host.record.change(f"edit {zone.file}, serial {serial(after)}", undo, lines=lines, wrote=wrote)
    write(host, zone, before, after)
    load(host, site, zone)


def _written(kept: dict[Key, Kept]) -> dict[str, Kept]:
    """As JSON has it: an owner has no blank in it, or has it behind a backslash."""
    return {f"{kind} {owner}": were for (owner, kind), were in kept.items()}


def _read(were: dict[str, list[list[object]]]) -> Iterator[tuple[Key, Kept]]:
    for word, some in were.items():
        kind, _, owner = word.partition(" ")
        yield (owner, kind), [(str(written), int(str(number))) for written, number in some]


def raise_again(swap: Swap) -> None:
    """The TTLs as they were before, on both machines (11.3); what somebody has set meanwhile stays."""
    for host in (swap.production, swap.standby):
        for entry in undoable(host.record.entries):
            if entry["undo"].get("kind") == "ttl":
                _restore(host, swap, entry["undo"], {"kind": "none"})


def take_back(host: Host, swap: Swap, undo: Entry) -> None:
    """The same as an undo of 0.5. The serial goes on: who has fetched the zone since would not fetch an older one."""
    _restore(host, swap, undo, None)


def _restore(host: Host, swap: Swap, entry: Entry, undo: Entry | None) -> None:
    side = Side(host, Zone(**entry["zone"]))
    with at_rest(host, swap.site, [side.zone], journaled=undo is not None):
        held = host.read(side.zone.file)
        text = restored(held, side.zone.name, dict(_read(entry["were"])), int(entry["seconds"]))
        if text != held:
            number = next_serial(_serial_of(side, held), _day(swap))
            _put(swap.site, side, held, with_serial(text, number), undo)
            host.result(f"zone {side.zone.name}: the TTLs are as they were, serial {number}")
        else:
            load(host, swap.site, side.zone)

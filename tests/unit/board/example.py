"""A board in the middle of a made-up day: the copy runs, an item failed, services are away."""

from __future__ import annotations

from dataclasses import replace

import tasks
from irekae.board.state import Board, Heard, Host, board
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import Entry
from irekae.model.results import ItemOutcome, ItemRow
from irekae.proof.outage.live import Seen, Service

AT = "2026-11-22T13:20:44.000+09:00"
WHO = "hayashi@seat1"
DAY = "2026-11-22T"
HOSTS = (
    Host("ika", "198.51.100.21", "4f0c77d1", heard=AT),
    Host("tako", "198.51.100.22", "9be21a60", heard=AT),
)
AWAY = (replace(HOSTS[0], machine="", heard="", silent="ika (198.51.100.21:22) cannot be reached"), HOSTS[1])
NAMES = {On.PRODUCTION: "ika", On.STANDBY: "tako"}
FAILED = (
    "tako refuses the cron table of yamada\n  line 3: bad minute\n"
    "  next: let yamada mend it on ika, then `fab phase3.crontabs`"
)
OUTSIDE = Seen(
    (
        Service("http", "198.51.100.21", False, f"{DAY}13:02:14.250+09:00", "refused", 1, 1110.0),
        Service("https", "198.51.100.21", False, f"{DAY}13:02:14.500+09:00", "refused", 1, 1109.5),
        Service("dns", "198.51.100.21", True, f"{DAY}11:40:02+09:00"),
        Service("smtp", "198.51.100.21", False, f"{DAY}13:02:16+09:00", "no greeting", 1, 1108.0),
        Service("pop", "198.51.100.21", False, f"{DAY}13:02:19+09:00", "refused", 2, 1105.0),
        Service("ssh", "198.51.100.21", True, f"{DAY}11:40:02+09:00"),
        Service("ssh tako", "198.51.100.22"),
    )
)


def outcome_of(item: Item) -> ItemOutcome:
    """The first two phases are done, the third is under way."""
    if item.number in ("3.1", "3.2"):
        return "running" if item.number == "3.1" else "failed"
    if item.phase < 3:
        return "waived" if item.number == "1.5" else "nothing to do" if item.number == "1.4" else "done"
    return "not done"


def row(item: Item, name: str) -> ItemRow:
    """An item on a host."""
    outcome = outcome_of(item)
    begun = outcome != "not done"
    return ItemRow(
        item.number,
        item.phase,
        item.en,
        item.ja,
        item.mark,
        name,
        "4f0c77d1" if name == "ika" else "9be21a60",
        outcome,
        WHO if begun else "",
        f"{DAY}13:1{item.phase}:05+09:00" if begun else "",
        2.5 if begun else 0.0,
        "",
        (FAILED,) if outcome == "failed" else (),
    )


def rows() -> tuple[ItemRow, ...]:
    """Every item of the manual on every host that it concerns."""
    assert tasks.PHASES
    found = [row(item, NAMES[role]) for item in ITEMS.values() for role in item.roles]
    return tuple(sorted(found, key=lambda one: (one.phase, int(one.number.partition(".")[2]), one.host)))


def journal(name: str) -> list[Entry]:
    """The last entries of a host."""
    told = [
        ("13:12:01", "2.1", "started", ""),
        ("13:12:03", "2.1", "change", "edit /etc/ssh/sshd_config"),
        ("13:12:05", "2.1", "done", ""),
        ("13:13:01", "3.1", "started", ""),
        ("13:13:05", "3.1", "change", "copy /home from ika, deleting 18 on tako"),
    ]
    here = [one for one in told if one[1] == "3.1" or name == "tako"]
    return [
        {"at": f"{DAY}{time}+09:00", "who": WHO, "item": item, "name": name, "event": event, "what": what}
        for time, item, event, what in here
    ]


def heard() -> Heard:
    """What both hosts answered."""
    return Heard(
        at=AT,
        hosts=HOSTS,
        run=f"{DAY}11:39:58+09:00",
        rows=rows(),
        journals={host.name: journal(host.name) for host in HOSTS},
        copy="18,112,344,064 63% 84.20MB/s 0:02:06 (xfr#84112, to-chk=51044/141228)",
        outside=OUTSIDE,
    )


def example() -> Board:
    """The board of that moment."""
    return board(heard())

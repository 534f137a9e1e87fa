"""Mail and jobs that the retired machine still holds are points that a person must know of."""

from __future__ import annotations

import json

from msgspec.structs import replace

from irekae.report.open_points import open_points
from irekae.site.site import needed
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun, exchange

HELD = "/var/lib/irekae/mail/held/7.100"


def left_behind(swap: Swap, old: FarEnd) -> list[tuple[str, str]]:
    """The old machine holds a message and root's table, after the exchange."""
    swap.site = replace(swap.site, mail=replace(needed(swap.site.mail), undelivered="leave"))
    old.put(f"{HELD}/message", "x\n")
    old.put(f"{HELD}/envelope", json.dumps({"sender": "", "recipients": [""], "size": 2, "at": 100}))
    old.put("/var/lib/irekae/held/var/spool/cron/crontabs/root", "0 4 * * * push\n", 0o600)
    begun(swap)
    exchange(swap)
    return [(point.kind, point.text) for point in open_points(swap)]


def test_each_message_that_was_left_is_named_with_its_place(swap: Swap, ika: FarEnd) -> None:
    (kind, text), _ = left_behind(swap, ika)
    assert kind == "mail left"
    assert text == (f"message #7 (2 bytes, queued at 100, 1 local recipients) is left undelivered on tako: {HELD}")


def test_jobs_that_are_set_aside_are_listed(swap: Swap, ika: FarEnd) -> None:
    _, (kind, text) = left_behind(swap, ika)
    assert kind == "jobs set aside"
    assert text.endswith("set aside there: /var/spool/cron/crontabs/root")


def test_before_the_exchange_there_are_none(swap: Swap, ika: FarEnd) -> None:
    ika.put("/var/lib/irekae/held/var/spool/cron/crontabs/asada", "x", 0o600)
    assert list(open_points(swap)) == []

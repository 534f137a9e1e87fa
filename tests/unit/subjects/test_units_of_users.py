"""What systemd's units run for users is ended by their stop, not before it (1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.site.site import Service
from irekae.subjects import sessions
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.test_sessions import RANGE, STAY, Signals, bound, child, process


def of_unit(unit: str, *found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**one, "unit": unit} for one in found]


POOL = of_unit("php8.4-fpm.service", process(40, "root", 0, name="php-fpm8.4"), child(41, 40, "kato", 1003, "php-fpm"))
JOB = of_unit("cron.service", process(50, "kato", 1003, name="job"))
ALONE = of_unit("session-3.scope", process(51, "kato", 1003, name="simulate"))
SHOWN = b"KillMode=control-group\nId=php8.4-fpm.service\n\nId=odd.service\nKillMode=process\n"


def paused(swap: Swap, ika: FarEnd, pause: list[str], retire: Sequence[str] = ()) -> Host:
    services = {
        "php": Service("php-fpm", "php-fpm8.4", "on", "off"),
        "odd": Service("odd", "odd", "on", "off"),
        "jobs": Service("cron", "cron", "on", "on"),
    }
    items = replace(swap.site.service_items, pause=pause, retire=[*retire])
    swap.site = replace(swap.site, services={**swap.site.services, **services}, service_items=items)
    ika.facts = {**ika.facts, "systemd": True}
    ika.commands = lambda argv, stdin: (0, SHOWN.decode())
    return bound(swap)


def test_what_a_service_runs_for_a_user_is_left_to_the_service_s_stop(swap: Swap, ika: FarEnd) -> None:
    host = paused(swap, ika, ["php", "odd", "jobs"])
    units = sessions.units_stopped_next(host, swap.site)
    assert units == {"php8.4-fpm.service"}, "by its own name, and only where its stop leaves nothing"
    assert ika.ran[-1][-2:] == ["php-fpm", "odd"], "what starts users' jobs spares none of them"
    assert sessions.ordinary([*POOL, *JOB, *ALONE], RANGE, STAY, (), units) == [*JOB, *ALONE]


def test_what_nothing_stops_before_the_copy_spares_none(swap: Swap, ika: FarEnd) -> None:
    host = paused(swap, ika, [])
    assert sessions.units_stopped_next(host, swap.site) == set()
    assert sessions.ordinary(POOL, RANGE, STAY, (), set()) == POOL[1:]


def test_where_init_is_none_of_systemd_s_there_are_no_units(swap: Swap, ika: FarEnd) -> None:
    host = paused(swap, ika, ["php"])
    ika.facts = {**ika.facts, "systemd": False}
    assert sessions.units_stopped_next(host, swap.site) == set()


def test_a_unit_that_starts_anew_what_was_ended_is_named(swap: Swap, ika: FarEnd) -> None:
    ika.table = POOL
    Signals(ika, immortal=(41,))
    with pytest.raises(SwapError, match="did not end") as raised:
        sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert raised.value.hint.startswith(
        "what php8.4-fpm.service runs is started anew: stop it, or name it in [services]"
    )

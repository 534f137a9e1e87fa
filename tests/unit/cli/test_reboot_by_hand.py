"""8.1 done by hand or waived: what the swap held back is given back all the same."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace
from typing import Any, cast

import pytest

import tasks
from irekae.cli import by_hand, session
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS
from irekae.model.journal import State
from irekae.subjects.closed_logins import NOLOGIN
from irekae.subjects.held_jobs import held_at
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, exchange

assert tasks
C = SimpleNamespace()
TABLE = "/var/spool/cron/atjobs/a0001"
KEPT = {"paths": 3, "bytes": 10, "undigested": 0, "more": False, "missing": [], "late": []}


@pytest.fixture(autouse=True)
def _connected(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "connected", lambda *_, **__: swap)


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts of which the acceptance suite was asked to keep what their boot left."""
    asked: list[str] = []

    def keeps(argv: list[str], **_: Any) -> SimpleNamespace:
        host = argv[-1].removeprefix("--hosts=")
        asked.append(host)
        return SimpleNamespace(returncode=0, stdout=json.dumps({host: KEPT}), stderr=b"")

    monkeypatch.setattr(subprocess, "run", keeps)
    return asked


@pytest.fixture
def held(swap: Swap) -> Swap:
    """A swap of which all is done up to phase 7: the nightly job, a user's jobs and the logins are held back."""
    begun(swap)
    (script,) = swap.site.phase1.scheduled
    for link in swap.links.values():
        far = cast(FarEnd, link)
        far.put(script, "#!/bin/sh\n", 0o755)
    swap.host(ITEMS["1.5"], P).set_mode(script, 0)
    settle(swap, range(7))
    exchange(swap)
    for name in ("ika", "tako"):
        far = cast(FarEnd, swap.links[name])
        far.put(NOLOGIN, "closed\n")
        far.path(TABLE).parent.mkdir(parents=True)
        far.put(held_at(swap.site, TABLE), "* * * * * true\n", 0o600)
    settle(swap, range(7, 8))
    return swap


def settle(swap: Swap, phases: range) -> None:
    for item in ITEMS.values():
        if item.phase in phases:
            for role in item.roles:
                boot = swap.links[swap.entry_for(item.phase, role).name].facts["boot_id"]
                swap.host(item, role).record.event("done", boot=boot)


def boots(swap: Swap) -> None:
    for link in swap.links.values():
        link.facts["boot_id"] = "another boot"


def given_back(swap: Swap) -> dict[str, bool]:
    old, new = (cast(FarEnd, swap.links[name]) for name in ("tako", "ika"))
    (script,) = swap.site.phase1.scheduled
    return {
        "backup": old.files()[script][0] == 0o755,
        "logins": not any(far.path(NOLOGIN).exists() for far in (old, new)),
        "jobs": new.path(TABLE).exists() and not old.path(TABLE).exists(),
    }


def state(swap: Swap) -> list[State]:
    return [swap.state(ITEMS["8.1"], role).state for role in (P, S)]


def test_waived_it_gives_everything_back(held: Swap, records: list[str]) -> None:
    assert given_back(held) == {"backup": False, "logins": False, "jobs": False}
    by_hand.waive(C, "8.1", why="it runs well")
    assert given_back(held) == {"backup": True, "logins": True, "jobs": True}
    assert state(held) == [State.WAIVED, State.WAIVED]
    assert records == []  # no boot, so nothing that one left


def test_it_cannot_be_waived_before_its_time(swap: Swap) -> None:
    """Else the nightly job would fire in the middle of the swap."""
    begun(swap)
    with pytest.raises(SwapError, match="phase 8 may not start") as refused:
        by_hand.waive(C, "8.1", why="no reboot this year")
    assert refused.value.status is Status.REFUSED
    assert state(swap) == [State.NOT_DONE, State.NOT_DONE]


def test_done_by_hand_it_needs_a_boot_and_gives_everything_back(held: Swap) -> None:
    with pytest.raises(SwapError, match=r"8\.1 is not as it must be") as refused:
        by_hand.done(C, "8.1", why="rebooted on its console")
    assert "reboot" in refused.value.detail
    assert not any(given_back(held).values())
    boots(held)
    by_hand.done(C, "8.1", why="rebooted on its console")
    assert given_back(held) == {"backup": True, "logins": True, "jobs": True}
    assert state(held) == [State.BY_HAND, State.BY_HAND]


def test_done_by_hand_what_the_boot_left_is_kept_all_the_same(held: Swap, records: list[str]) -> None:
    boots(held)
    by_hand.done(C, "8.1", why="rebooted on its console")
    assert sorted(records) == ["ika", "tako"]


def test_it_is_not_recorded_as_done_where_that_can_not_be_kept(held: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    boots(held)
    failed = SimpleNamespace(returncode=1, stdout=b"", stderr=b"nobody answers")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SwapError, match="could not be kept"):
        by_hand.done(C, "8.1", why="rebooted on its console")
    assert State.BY_HAND not in state(held)


def test_one_host_by_hand_leaves_the_other_as_it_is(held: Swap, capsys: Any) -> None:
    by_hand.waive(C, "8.1", host="tako", why="it is off tomorrow")
    assert given_back(held) == {"backup": True, "logins": False, "jobs": False}
    assert state(held) == [State.NOT_DONE, State.WAIVED]

"""A side's addresses as a set: taken together, let go together, and what counts as there."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from irekae.subjects.network.watchdog import memory, verbs, wire
from tests.unit.subjects.network.exchanged import NEW, OLD
from tests.unit.subjects.network.test_watchdog import THIRD, made, said

SIX_OLD, SIX_NEW = "2001:db8::21", "2001:db8::22"


@pytest.fixture
def dog(folder: Path, plan: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A watchdog whose names have IPv6; what `ip` shows is `there`."""
    for name in ("guard.json", "plan.json"):
        held = json.loads((folder / name).read_text())
        held["old"]["ipv6"], held["new"]["ipv6"] = SIX_OLD, SIX_NEW
        (folder / name).write_text(json.dumps(held))
    found = made()
    found.guard["hold"] = {}
    found.there = []
    monkeypatch.setattr(wire, "said_by", lambda argv: "\n".join(found.there).encode())
    return found


def line(address: str, flags: str = "") -> str:
    return (
        f"2: eth0    inet{'6' if ':' in address else ''} {address}/24 scope global {flags} \\       valid_lft forever"
    )


def test_what_ip_shows_is_there_and_usable_once_nobody_else_was_found(dog: Any) -> None:
    dog.there = [line(NEW["address"]), line(SIX_NEW, "tentative")]
    assert dog.holds("new") == [NEW["address"], SIX_NEW]
    assert dog.answers("new") == [NEW["address"]]
    dog.there[1] = line(SIX_NEW, "dadfailed tentative")
    assert dog.answers("new") == [NEW["address"]]
    dog.there[1] = line(SIX_NEW, "optimistic")
    assert dog.answers("new") == [NEW["address"], SIX_NEW]


def test_a_third_machine_at_either_address_keeps_both(dog: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    said(dog, "changing", "", at=999.0)
    assert dog.is_free("new", 900.0, False)
    dog.wire.speakers = lambda address, since=0.0: [THIRD] if address == SIX_NEW else []
    assert dog.speakers("new", 0.0) == [THIRD]
    assert not dog.is_free("new", 900.0, False)


def test_a_side_came_up_when_all_of_it_is_usable_and_nothing_of_the_other(dog: Any) -> None:
    dog.there = [line(NEW["address"]), line(SIX_NEW)]
    assert dog.came_up("new", False)
    for wrong in (
        [line(NEW["address"])],
        [line(NEW["address"]), line(SIX_NEW, "dadfailed")],
        [line(NEW["address"]), line(SIX_NEW), line(SIX_OLD)],
    ):
        dog.there, dog.run = wrong, lambda *argv: 0
        assert not dog.came_up("new", False)
        assert "did not come up alone and usable" in dog.why or "does not let go" in dog.why


def test_at_home_a_foreigner_at_the_ipv6_address_is_no_reason_to_stay_away(dog: Any) -> None:
    dog.there = [line(OLD["address"]), line(SIX_OLD, "dadfailed tentative")]
    assert dog.is_home("old")
    dog.run = lambda *argv: 0
    assert dog.came_up("old", True)
    assert not dog.came_up("old", False)


def test_letting_go_takes_both_down_with_their_prefixes(dog: Any) -> None:
    done: list[tuple[str, ...]] = []
    dog.there = [line(OLD["address"]), line(SIX_OLD), line("2001:db8::99")]

    def run(*argv: str) -> int:
        done.append(argv)
        dog.there = [one for one in dog.there if argv[:3] != ("ip", "address", "del") or f" {argv[3]} " not in one]
        return 0

    dog.run = run
    assert dog.put_down("old")
    assert [argv[3] for argv in done if argv[:3] == ("ip", "address", "del")] == [
        f"{OLD['address']}/24",
        f"{SIX_OLD}/24",
    ]
    assert dog.there == [line("2001:db8::99")]


def test_the_claim_stands_while_one_of_them_is_there(dog: Any) -> None:
    dog.there, dog.claim, dog.run = [line(SIX_OLD)], OLD["address"], lambda *argv: 0
    assert not dog.put_down("old")
    assert dog.claim == OLD["address"]


@pytest.mark.parametrize("address", [SIX_NEW, "2001:DB8:0::22", f"{SIX_NEW}/64"])
def test_ifupdown_may_not_bring_the_other_s_ipv6_address_up(
    dog: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "ika")
    monkeypatch.setenv("IFACE", "eth0")
    monkeypatch.setenv("IF_ADDRESS", address)
    monkeypatch.setattr(verbs, "said_by", lambda argv: b"")
    assert verbs.gate() == 3
    monkeypatch.setenv("IF_ADDRESS", SIX_OLD)
    assert verbs.gate() == 0
    assert memory.addresses_of("old") == [OLD["address"], SIX_OLD]

"""Many files at once: the same as one by one, in few changes and few round trips, and taken back exactly."""

from __future__ import annotations

from typing import Any

import pytest

from irekae.host import many
from irekae.host.host import Host
from irekae.host.many import Put, move_all, put_all
from irekae.host.memory import Request
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.model.journal import undoable
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ME = Item("1.7", "keep-out", "", "", On.BOTH, lambda *_: None, "+", EXACT, False, False, False)
COUNT = 23


@pytest.fixture
def host(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr(many, "FEW", 5)
    monkeypatch.setattr(many, "BATCH", 10)
    monkeypatch.setattr(many.parts, "__defaults__", (10,))
    return swap.host(ME, On.PRODUCTION)


def filled(ika: FarEnd, count: int = COUNT) -> list[tuple[str, str]]:
    names = [f"user{number:02}" for number in range(count)]
    for name in names:
        ika.put(f"/var/tabs/{name}", f"table of {name}\n", 0o600)
    return [(f"/var/tabs/{name}", f"/var/lib/irekae/held/{name}") for name in names]


def changes(ika: FarEnd) -> list[str]:
    return [entry["what"] for entry in ika.recall()["journal"] if entry["event"] == "change"]


def taken_back(swap: Swap, host: Host) -> Found:
    found = Found()
    for change in undoable(host.record.entries):
        undo_change(swap, host, host.record.ground, change, found)
    return found


def test_many_are_moved_in_batches_and_taken_back_exactly(swap: Swap, ika: FarEnd, host: Host) -> None:
    moves = filled(ika)
    before = {source: ika.path(source).stat() for source, _ in moves}
    move_all(host, moves)
    assert len(changes(ika)) == 3
    for source, target in moves:
        assert not ika.path(source).exists()
        now = ika.path(target).stat()
        assert (now.st_mode, now.st_mtime_ns) == (before[source].st_mode, before[source].st_mtime_ns)
    move_all(host, moves)
    assert len(changes(ika)) == 3, "the second time nothing is there to be moved"
    assert not taken_back(swap, host).clashes
    for source, target in moves:
        assert not ika.path(target).exists()
        now = ika.path(source).stat()
        assert (now.st_mode, now.st_mtime_ns) == (before[source].st_mode, before[source].st_mtime_ns)
        assert ika.path(source).read_text() == f"table of {source.rpartition('/')[2]}\n"


def test_few_are_changes_of_their_own(ika: FarEnd, host: Host) -> None:
    move_all(host, filled(ika, 2))
    assert len(changes(ika)) == 2


def test_what_stood_at_a_target_comes_back(swap: Swap, ika: FarEnd, host: Host) -> None:
    moves = filled(ika)
    old = ika.put(moves[7][1], "of last time\n", 0o640)
    move_all(host, moves)
    assert old.read_text() == "table of user07\n"
    taken_back(swap, host)
    assert old.read_text() == "of last time\n"


def test_others_work_in_a_batch_is_told_and_left(swap: Swap, ika: FarEnd, host: Host) -> None:
    moves = filled(ika)
    move_all(host, moves)
    ika.put(moves[3][0], "put there again by its user\n")
    assert list(taken_back(swap, host).clashes) == [moves[3][0]]
    assert ika.path(moves[3][0]).read_text() == "put there again by its user\n"


def puts(text: str) -> list[Put]:
    return [Put(f"/srv/{number:02}", f"{text} {number}\n".encode(), 0o644, 0, 0, 10**18) for number in range(COUNT)]


def test_many_are_made_in_batches_and_those_that_are_there_are_left(ika: FarEnd, host: Host) -> None:
    ika.path("/srv").mkdir()
    for _ in range(2):
        put_all(host, _own(puts("one"), ika))
        assert len(changes(ika)) == 3
    assert ika.path("/srv/22").read_text() == "one 22\n"
    ika.path("/srv/04").unlink()
    put_all(host, _own(puts("one"), ika))
    assert changes(ika)[3:] == ["create 1 files, from /srv/04 to /srv/04"]


def test_others_work_is_asked_for_one_by_one(ika: FarEnd, host: Host) -> None:
    ika.path("/srv").mkdir()
    put_all(host, _own(puts("one"), ika))
    ika.put("/srv/09", "somebody else\n")
    with pytest.raises(SwapError, match="/srv/09"):
        put_all(host, _own(puts("two"), ika))
    assert ika.path("/srv/09").read_text() == "somebody else\n"


def test_a_plan_of_many_changes_nothing_and_is_seen_by_what_follows(swap: Swap, ika: FarEnd, host: Host) -> None:
    moves = filled(ika)
    planned = swap.as_plan().host(ME, On.PRODUCTION)
    move_all(planned, moves)
    assert [change.what for change in planned.record.plan]
    assert not changes(ika)
    assert not planned.exists(moves[0][0])
    assert planned.read(moves[0][1]) == b"table of user00\n"
    assert planned.record.plan[0].lines[-1].endswith("more") is (len(planned.record.plan[0].lines) > many.SHOWN)


def test_a_batch_costs_few_round_trips(ika: FarEnd, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[int] = []
    real = FarEnd.ask_all

    def counted(self: FarEnd, asked: list[Request]) -> list[Any]:
        trips.append(len(asked))
        return real(self, asked)

    monkeypatch.setattr(FarEnd, "ask_all", counted)
    move_all(host, filled(ika, 10))
    assert trips == [20, 21]


def _own(files: list[Put], ika: FarEnd) -> list[Put]:
    """Of whoever runs the test."""
    state = ika.path("/srv").stat()
    return [Put(file.path, file.data, file.mode, state.st_uid, state.st_gid, file.mtime) for file in files]

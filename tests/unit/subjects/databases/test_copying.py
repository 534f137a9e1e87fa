"""3.6 from the seat's side, with real servers behind two hosts that are folders."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec import structs

from irekae.model.copied import Copied
from irekae.model.errors import Status, SwapError
from irekae.site.databases import Database
from irekae.subjects.databases.copying import copy_databases
from irekae.subjects.databases.unchanged import not_as_copied
from irekae.subjects.databases.undo import undo_databases
from irekae.subjects.kept_copies import forget_replaced
from irekae.swap.evidence import Kind, all_of
from irekae.swap.swap import Swap
from tests.unit.farend import STATE, FarEnd
from tests.unit.small_procedure import for_copy
from tests.unit.subjects.databases.servers import PORT, Pair, Server

SOCKET = "/run/socket-of-the-site"
WHERE = f"{STATE}/databases"


@pytest.fixture
def site(swap: Swap, pair: Pair, ika: FarEnd, tako: FarEnd) -> Swap:
    """A swap whose hosts have the servers; what would run there runs here."""
    port = 0 if pair.production.kind == "mariadb" else PORT
    kind: Any = pair.production.kind
    entry = Database(kind, "ssh", may_delete=["wiki"], socket=SOCKET, port=port)
    swap.site = structs.replace(swap.site, databases=[entry])
    for end, server in ((ika, pair.production), (tako, pair.standby)):
        end.commands = commands_of(end, server)
    ika._spawn = _sender(pair, ika, tako)  # type: ignore[attr-defined]
    return swap


def _mapped(text: bytes, end: FarEnd, server: Server) -> bytes:
    """What the seat says of a host, as it is on this machine."""
    text = text.replace(SOCKET.encode(), str(server.socket).encode())
    return text.replace(f'"{STATE}'.encode(), f'"{end.root}{STATE}'.encode())


def commands_of(end: FarEnd, server: Server) -> Callable[[Sequence[str], bytes], tuple[int, str]]:
    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ssh-keygen":
            for path in (argv[-1], f"{argv[-1]}.pub"):
                end.put(path, "ssh-ed25519 CCCC irekae-copy\n", 0o600)
            return 0, ""
        if argv[0] == "mariadb":
            server.sql(argv[-1])
            return 0, ""
        count = int(stdin.split(b"\n", 1)[0])
        start = len(str(count)) + 1 + count
        text = stdin[:start] + _mapped(stdin[start:], end, server)
        done = subprocess.run([sys.executable, *argv[1:]], input=text, capture_output=True, cwd="/")
        assert not done.stderr, done.stderr.decode()
        return done.returncode, done.stdout.decode()

    return commands


def _sender(pair: Pair, ika: FarEnd, tako: FarEnd, cut: bool = False) -> Callable[..., int]:
    """Production's end; its ssh is the standby's end itself. cut: it is killed in the middle."""

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        there = tako.path(f"{WHERE}/job.json")
        there.write_bytes(_mapped(there.read_bytes(), tako, pair.standby))
        job = json.loads(_mapped(ika.path(f"{WHERE}/send.json").read_bytes(), ika, pair.production))
        receive = [sys.executable, "-I", str(tako.path(f"{WHERE}/program")), "receive", str(there)]
        if cut:
            job["ssh"] = ["sh", "-c", 'head -c 700 | "$@"; sleep 60', "sh", *receive]
        else:
            job["ssh"] = receive
        here = ika.put(f"{WHERE}/mapped.json", json.dumps(job))
        process = subprocess.Popen([sys.executable, "-I", str(ika.path(f"{WHERE}/program")), "send", str(here)])
        if not cut:
            process.wait()
            return process.pid
        while not _is_gone(pair):
            pass
        process.kill()
        process.wait()
        return process.pid

    return spawn


def _is_gone(pair: Pair) -> bool:
    """Has the receiver begun: the standby's own tables are gone, and none has come."""
    held = pair.standby.look().get("databases")
    return held is not None and not held.get("wiki", {"tables": {}})["tables"]


def test_a_copy_is_kept_compared_and_told(site: Swap, pair: Pair, tako: FarEnd) -> None:
    bound = for_copy(site)
    copy_databases(bound)
    assert pair.production.digest("wiki")["databases"] == pair.standby.digest("wiki")["databases"]
    assert "databases are equal" in bound.standby.record.notes[-1]
    undo = [entry["undo"] for entry in site.entries["tako"] if entry["event"] == "change"]
    (names,) = [one["names"] for one in undo if one["kind"] == "databases"]
    assert set(names) == set(pair.production.look()["databases"])
    kept = all_of(site, Kind.DATABASES, Copied)[-1].value
    assert set(kept.databases) == set(names)
    assert "secret" not in json.dumps(site.entries["tako"])
    assert not tako.path(f"{WHERE}/job.json").exists()
    assert b"command=" in tako.path("/root/.ssh/authorized_keys").read_bytes()


def test_what_was_kept_of_the_standby_s_own_goes_when_the_swap_is_over(site: Swap, pair: Pair, tako: FarEnd) -> None:
    copy_databases(for_copy(site))
    assert list(tako.path(f"{WHERE}/kept").iterdir())
    assert forget_replaced(site) == ["tako"]
    assert not tako.path(f"{WHERE}/kept").exists()
    assert forget_replaced(site) == []


def test_a_second_time_there_is_nothing_to_do(site: Swap) -> None:
    copy_databases(for_copy(site))
    again = for_copy(site)
    copy_databases(again)
    assert again.standby.record.changes == 0
    assert again.production.record.changes == 0


def test_a_plan_changes_nothing_and_tells_what_goes(site: Swap, pair: Pair) -> None:
    before = pair.standby.dump("wiki", "own")
    plan = for_copy(site.as_plan())
    copy_databases(plan)
    assert pair.standby.dump("wiki", "own") == before
    assert any("instead of" in line for line in plan.plan[-1].lines)


def test_what_was_written_behind_the_copy_is_found_before_the_exchange(site: Swap, pair: Pair) -> None:
    bound = for_copy(site)
    copy_databases(bound)
    assert list(not_as_copied(bound)) == []
    connect, table = ("", "wiki.link") if pair.production.kind == "mariadb" else ("\\connect wiki\n", "app.link")
    pair.production.sql(f"{connect}INSERT INTO {table} VALUES (1, 'late');")
    (line,) = not_as_copied(bound)
    assert "2 rows, on the standby 1: changed since 3.6" in line
    copy_databases(bound)
    assert list(not_as_copied(bound)) == []


def test_a_rollback_gives_back_what_was_there_and_keeps_what_somebody_wrote_since(
    site: Swap, pair: Pair, tako: FarEnd
) -> None:
    before = pair.standby.dump("wiki", "own")
    bound = for_copy(site)
    copy_databases(bound)
    connect, table = ("", "wiki.link") if pair.production.kind == "mariadb" else ("\\connect wiki\n", "app.link")
    pair.standby.sql(f"{connect}INSERT INTO {table} VALUES (1, 'mine');")
    taken_back(site)
    assert pair.standby.dump("wiki", "own") == before
    assert len(list(tako.path(f"{WHERE}/edited").iterdir())) == 1


def taken_back(site: Swap) -> None:
    undos = [line["undo"] for line in site.entries["tako"] if line["event"] == "change"]
    for undo in reversed(undos):
        if undo["kind"] == "databases":
            undo_databases(for_copy(site), undo)


def test_one_that_is_killed_in_the_middle_goes_on_or_comes_back(
    site: Swap, pair: Pair, ika: FarEnd, tako: FarEnd
) -> None:
    before = pair.standby.dump("wiki", "own")
    whole = ika._spawn  # type: ignore[attr-defined]
    ika._spawn = _sender(pair, ika, tako, cut=True)  # type: ignore[attr-defined]
    with pytest.raises(SwapError, match="without a word"):
        copy_databases(for_copy(site))
    ika._spawn = whole  # type: ignore[attr-defined]
    copy_databases(for_copy(site))
    assert list(not_as_copied(for_copy(site))) == []
    taken_back(site)
    assert pair.standby.dump("wiki", "own") == before


def test_data_that_the_standby_alone_has_must_be_told_to_go(site: Swap) -> None:
    entry = structs.replace(site.site.databases[0], may_delete=[], names=["wiki", "gone"])
    site.site = structs.replace(site.site, databases=[entry])
    with pytest.raises(SwapError) as refused:
        copy_databases(for_copy(site))
    assert refused.value.status is Status.REFUSED
    assert "has no database gone" in refused.value.detail

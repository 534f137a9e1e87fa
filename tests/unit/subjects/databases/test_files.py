"""The data directory of a stopped server, with real servers: looked at, copied, put in its place, given back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irekae.subjects.databases.far.redo_log import resting_at
from tests.unit.subjects.databases.servers import Pair, Server, call


@pytest.fixture
def resting(pair: Pair) -> Iterator[Pair]:
    """Both rest, and run again behind the test."""
    for server in (pair.production, pair.standby):
        server.rest()
    yield pair
    for server in (pair.production, pair.standby):
        server.begin()


def files(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.far("look", by="files", dumped=False)["files"]
    return found


def data(server: Server) -> str:
    return str(server.folder / "data")


def rests(server: Server, path: str = "") -> dict[str, Any]:
    return server.far("rests", data=path or data(server))


def copied(pair: Pair, left: list[str], place: str) -> None:
    """As rsync copies."""
    pair.standby.far("prepare", place=place)
    rules = [f"--exclude={rule}" for rule in left]
    call("rsync", "-aHAXS", *rules, f"{data(pair.production)}/", f"{place}/incoming/")


def test_a_look_tells_where_the_files_lie_and_that_nothing_stands_against_a_copy(untouched: Pair) -> None:
    ours, theirs = files(untouched.production), files(untouched.standby)
    assert ours["against"] == theirs["against"] == []
    assert ours["folder"] == data(untouched.production)
    assert theirs["place"].startswith(f"{untouched.standby.folder}/.irekae-databases/")
    assert ours["same"] == theirs["same"]
    assert set(ours["needs"]) <= set(theirs["offers"])
    assert 0 < ours["size"] < theirs["free"]


def test_a_link_out_of_the_directory_is_found(untouched: Pair, tmp_path: Path) -> None:
    link = untouched.production.folder / "data/elsewhere"
    link.symlink_to(tmp_path)
    try:
        assert ["link", f"{link} → {tmp_path}"] in files(untouched.production)["against"]
    finally:
        link.unlink()


def test_a_server_that_ended_well_is_told_from_one_that_crashed(pair: Pair) -> None:
    server = pair.production
    table = "wiki.old SELECT seq FROM seq_1_to_2000" if server.kind == "mariadb" else ""
    server.rest()
    well = rests(server)
    assert well["clean"]
    server.begin()
    if table:
        server.sql(f"ALTER TABLE wiki.old ENGINE=InnoDB; USE wiki; INSERT INTO {table}")
    else:
        server.sql("\\connect wiki\nCREATE TABLE more AS SELECT generate_series(1, 2000)")
    server.crash()
    assert not rests(server)["clean"]
    server.begin()
    server.rest()
    again = rests(server)
    assert again["clean"]
    assert again["state"] != well["state"]
    server.begin()


def test_a_log_that_went_round_is_read_as_the_server_reads_it(tmp_path: Path) -> None:
    """In each round another bit ends what was written, so that what is left of the last round is nothing."""
    log = tmp_path / "ib_logfile0"
    log.write_bytes(b"")
    assert resting_at(str(log)) is None
    log.write_bytes(b"Phys\0\0\0\0" + bytes(0x4000))
    assert resting_at(str(log)) is None


def test_a_copy_takes_its_place_and_the_standby_s_own_comes_back(pair: Pair) -> None:
    before, found = pair.standby.dump("wiki", "own"), files(pair.standby)
    left, place = files(pair.production)["left"], found["place"]
    own = {"mariadb": "server-key.pem", "postgresql": "postgresql.auto.conf"}[pair.standby.kind]
    Path(data(pair.standby), own).write_text("# the host's own\n")
    Path(data(pair.production), own).write_text("# of production\n")
    for server in (pair.production, pair.standby):
        server.rest()
    state = rests(pair.production)["state"]
    copied(pair, left, place)
    about = {"place": place, "data": data(pair.standby), "own": found["own"]}
    assert "not what" in pair.standby.far("take", state="another", **about)["failed"]
    for _ in range(2):
        assert pair.standby.far("take", state=state, **about) == {}
    assert Path(data(pair.standby), own).read_text() == "# the host's own\n"
    assert not Path(place, "incoming").exists()
    for server in (pair.production, pair.standby):
        server.begin()
    ours, theirs = (server.digest("wiki", "own") for server in (pair.production, pair.standby))
    assert ours["databases"] == theirs["databases"]
    assert ours["accounts"] == theirs["accounts"]
    pair.standby.rest()
    for _ in range(2):
        assert pair.standby.far("return", place=place, data=data(pair.standby), aside="") == {}
    pair.standby.begin()
    assert pair.standby.dump("wiki", "own") == before
    assert not Path(place).parent.exists()
    for server in (pair.production, pair.standby):
        Path(data(server), own).unlink()


def test_a_server_finds_no_half_copy(resting: Pair) -> None:
    found = str(resting.standby.folder / ".irekae-databases/x")
    resting.standby.far("prepare", place=found)
    cut = subprocess.run(["cp", f"{data(resting.production)}/PG_VERSION", f"{found}/incoming/"], capture_output=True)
    assert cut.returncode in (0, 1)
    failed = resting.standby.far("take", place=found, data=data(resting.standby), own=[], state="x")
    assert failed["failed"]
    assert resting.standby.far("return", place=found, data=data(resting.standby), aside="") == {}

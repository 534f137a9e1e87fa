"""The prober's far end against small servers on this computer, and what the seat tells it to ask."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from irekae.model.codec import to_json
from irekae.model.errors import Status, SwapError
from irekae.model.results import Outage
from irekae.proof.outage import prober
from irekae.proof.outage.outages import Watched, read_log
from irekae.proof.outage.targets import targets
from irekae.site.inventory import load_inventory
from irekae.site.site import load_site
from tests.unit.report.sample import sample
from tests.unit.small_servers import banner, free_port, saying, server

PROJECT = Path(__file__).resolve().parents[4]
AGENT = PROJECT / "irekae" / "proof" / "outage" / "far_prober.py"


# --- the whole far end, as a process ----------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, *targets: dict[str, Any], seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    config = {"run": "r1", "seconds": seconds, "targets": targets}
    (folder / "targets.json").write_text(json.dumps(config), encoding="utf-8")
    argv = [sys.executable, "-I", str(AGENT), str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def wait_for(log: Path, wanted: Callable[[list[Watched]], object]) -> list[Watched]:
    deadline = time.monotonic() + 20
    while True:
        seen = read_log(log.read_bytes()) if log.exists() else []
        if wanted(seen):
            return seen
        assert time.monotonic() < deadline, log.read_text() if log.exists() else "no log"
        time.sleep(0.02)


def seen_states(seen: list[Watched]) -> list[bool]:
    return [change.up for watched in seen for change in watched.changes]


def test_it_sees_a_service_go_and_come_back_and_ends_when_asked(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log.jsonl"
    with running(tmp_path, banner(port, bye="QUIT")) as process:
        wait_for(log, lambda seen: seen_states(seen) == [False])
        with server(saying(b"220 ready\r\n"), port):
            wait_for(log, lambda seen: seen_states(seen) == [False, True])
        wait_for(log, lambda seen: seen_states(seen) == [False, True, False])
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    [watched] = wait_for(log, lambda seen: seen and seen[0].ended)
    assert watched.ended == "asked to"
    assert watched.run == "r1"
    assert process.returncode == 0


def test_it_ends_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path, banner(free_port()), seconds=0) as process:
        process.wait(10)
    [watched] = read_log((tmp_path / "log.jsonl").read_bytes())
    assert watched.ended == "time is over"


def test_two_do_not_write_one_log(tmp_path: Path) -> None:
    with running(tmp_path, banner(free_port())):
        wait_for(tmp_path / "log.jsonl", bool)
        with running(tmp_path, banner(free_port())) as second:
            assert second.wait(10) == 1


def test_killed_and_started_again_it_goes_on_in_the_same_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with running(tmp_path, banner(free_port())) as process:
        wait_for(log, lambda seen: seen_states(seen) == [False])
        process.kill()
        process.wait(10)
    with running(tmp_path, banner(free_port())):
        seen = wait_for(log, lambda seen: seen_states(seen) == [False, False])
    assert [watched.ended for watched in seen] == ["", ""]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give root away")
def test_it_gives_root_away(tmp_path: Path) -> None:
    with running(tmp_path, banner(free_port())) as process:
        wait_for(tmp_path / "log.jsonl", bool)
        status = Path(f"/proc/{process.pid}/status").read_text()
    [uids] = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
    assert "0" not in uids


# --- the seat ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def site_targets(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    inventory = load_inventory(PROJECT / "hosts.ini")
    return targets(inventory, load_site(inventory, PROJECT / "site.toml"))


def test_all_six_services_are_asked_at_productions_address(site_targets: list[dict[str, Any]]) -> None:
    inventory = load_inventory(PROJECT / "hosts.ini")
    asked = {target["service"]: target["address"] for target in site_targets}
    here, there = (entry.address for entry in inventory.pair)
    assert asked == dict.fromkeys(("http", "https", "dns", "smtp", "pop", "ssh"), here) | {"ssh tako": there}


def test_where_names_have_ipv6_both_are_asked_there_too(tmp_path: Path) -> None:
    text = (PROJECT / "hosts.ini").read_text()
    for name in ("ika", "tako"):
        text = text.replace(f"fqdn={name}-", f"ipv6=2001:db8::{len(name)} fqdn={name}-")
    (tmp_path / "hosts.ini").write_text(text)
    inventory = load_inventory(tmp_path / "hosts.ini")
    asked = {one["service"]: one["address"] for one in targets(inventory, load_site(inventory, PROJECT / "site.toml"))}
    assert (asked["ssh IPv6"], asked["ssh tako IPv6"]) == ("2001:db8::3", "2001:db8::4")


def test_each_is_asked_several_times_a_second_and_inetd_keeps_the_users_share(
    site_targets: list[dict[str, Any]],
) -> None:
    assert all(target["gap"] <= 0.5 for target in site_targets)
    [pop] = [target for target in site_targets if target["service"] == "pop"]
    assert 60 / pop["gap"] <= 256 / 2


def test_a_rehearsals_report_is_kept_as_prediction(tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_text((PROJECT / "hosts.ini").read_text(), encoding="utf-8")
    inventory = load_inventory(tmp_path / "hosts.ini")
    report = tmp_path / "acceptance.json"
    report.write_bytes(to_json(sample()))
    prober.predict(inventory, report)
    kept = msgspec.json.decode((tmp_path / ".irekae" / "predicted.json").read_bytes(), type=list[Outage])
    assert tuple(kept) == sample().outages


def test_a_report_without_outages_predicts_nothing(tmp_path: Path) -> None:
    (tmp_path / "outages.json").write_bytes(b"[]")
    (tmp_path / "hosts.ini").write_text((PROJECT / "hosts.ini").read_text(), encoding="utf-8")
    with pytest.raises(SwapError) as refused:
        prober.predict(load_inventory(tmp_path / "hosts.ini"), tmp_path / "outages.json")
    assert refused.value.status is Status.WRONG_USE

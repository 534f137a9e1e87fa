"""The prober in the lab: what it sees from outside, what it survives, and what the report makes of it."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from tests.driver import Lab

pytestmark = pytest.mark.lab

OF_PRODUCTION = {"http", "https", "dns", "smtp", "pop", "ssh"}


@pytest.fixture(scope="module")
def lab_before(running_lab: Lab) -> Lab:
    """The lab as before the swap, once for all: every test here leaves the hosts as it found them."""
    running_lab.reset()
    return running_lab


@pytest.fixture
def watched(lab_before: Lab) -> Iterator[Lab]:
    """The lab with a prober that has heard from every service."""
    lab_before.on("outside", "rm -f /var/tmp/irekae-hayashi/prober/log.jsonl")
    lab_before.run("fab", "prober", "start")
    wait_until(lab_before, lambda seen: set(seen.values()) == {"answers"})
    yield lab_before
    lab_before.run("fab", "prober", "stop")


def seen_by(lab: Lab) -> dict[str, str]:
    """Service → answers or does not answer, as `fab prober status` says."""
    found = {}
    for line in lab.run("fab", "prober", "status").splitlines():
        where, colon, said = line.partition(": ")
        if colon:
            found[where.rpartition(" ")[0]] = "does not answer" if said.startswith("does not") else said.split()[0]
    return found


def wait_until(lab: Lab, wanted: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    deadline = time.monotonic() + 60
    while True:
        seen = seen_by(lab)
        if len(seen) == 7 and wanted(seen):
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)


def gone(lab: Lab) -> dict[str, list[dict[str, str]]]:
    """Service → when it was away, after collecting."""
    lab.run("fab", "prober", "collect")
    return {
        outage["service"]: outage["gone"] for outage in json.loads((lab.seat / ".irekae/outages.json").read_bytes())
    }


def test_a_service_that_stops_is_seen_from_outside_and_no_other_is(watched: Lab) -> None:
    watched.on("a", "service apache2 stop")
    seen = wait_until(watched, lambda seen: {seen["http"], seen["https"]} == {"does not answer"})
    assert [name for name, word in seen.items() if word != "answers"] == ["http", "https"]
    assert gone(watched)["http"][0]["end"] is None
    watched.on("a", "service apache2 start")
    wait_until(watched, lambda seen: set(seen.values()) == {"answers"})
    found = gone(watched)
    assert {name: len(spans) for name, spans in found.items() if spans} == {"http": 1, "https": 1}
    [span] = found["http"]
    assert span["start"] < span["end"]


def test_a_dead_host_and_a_standby_are_told_apart(watched: Lab) -> None:
    watched("power", "a", "off")
    try:
        # `fab` itself needs production: the prober's own log is asked on its computer.
        deadline = time.monotonic() + 30
        while {line["service"] for line in states(watched) if not line["up"]} != OF_PRODUCTION:
            assert time.monotonic() < deadline, states(watched)
            time.sleep(0.2)
    finally:
        watched("power", "a", "on")
    wait_until(watched, lambda seen: set(seen.values()) == {"answers"})
    assert gone(watched)["ssh tako"] == []


def states(lab: Lab) -> list[dict[str, object]]:
    """The changes in the prober's log."""
    log = lab.on("outside", "cat /var/tmp/irekae-hayashi/prober/log.jsonl")
    return [line for line in map(json.loads, log.splitlines()) if line["event"] == "state"]


def test_it_runs_without_root_and_bans_nobody(watched: Lab) -> None:
    owners = watched.on("outside", "ps -o user= -p $(pgrep -f '^python3 -I .*far_prober.py')")
    assert owners.strip() == "hayashi"
    for host in ("a", "b"):
        assert "Banned IP list:\t\n" in watched.on(host, "fail2ban-client status sshd") + "\n"


def test_after_a_reboot_of_its_computer_it_goes_on_by_itself_and_the_gap_is_told(watched: Lab) -> None:
    watched("power", "outside", "cycle")
    wait_until(watched, lambda seen: set(seen.values()) == {"answers"})
    said = watched.run("fab", "prober", "collect")
    assert "nobody watched from" in said
    assert not any(gone(watched).values())
    watched.run("fab", "prober", "stop")
    assert "far_boot" not in watched.on("outside", "crontab -u hayashi -l 2>/dev/null || true")
    watched("power", "outside", "cycle")
    assert "no prober runs on outside" in watched.run("fab", "prober", "status")
    watched.run("fab", "prober", "start")


def test_started_twice_it_runs_once(watched: Lab) -> None:
    assert "already" in watched.run("fab", "prober", "start")
    count = watched.on("outside", "pgrep -fc '^python3 -I .*far_prober.py'")
    assert count.strip() == "1"


def test_without_such_an_act_it_is_a_wrong_use(lab_before: Lab) -> None:
    assert "known: start, stop, status, collect, predict" in lab_before.refused("fab", "prober", "begin", status=2)

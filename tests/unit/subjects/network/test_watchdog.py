"""The watchdog's rules, without a network."""

import ast
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from irekae.subjects.network import watchdog
from irekae.subjects.network.watchdog import memory, moves, verbs, wire
from irekae.subjects.network.watchdog.dog import Watchdog
from tests.unit.subjects.network.exchanged import NEW, OLD, PLAN

ME, PEER, THIRD = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"


class SilentWire:
    """Stands in for the Ethernet: remembers what is sent, hears what a test says."""

    mac = bytes.fromhex(ME.replace(":", ""))

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.spoke: list[str] = []
        self.heard = 0.0

    def look(self) -> None:
        """The interface stays the one that it is."""

    def send(self, frame: bytes) -> None:
        self.sent.append(frame)

    def speakers(self, address: str, since: float = 0.0) -> list[str]:
        return self.spoke


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def made(plan: dict[str, Any] | None = PLAN) -> Any:
    """A watchdog on a silent wire."""
    dog: Any = Watchdog.__new__(Watchdog)
    dog.wire, dog.plan, dog.guard, dog.interface = SilentWire(), plan or {}, {"old": OLD, "new": NEW}, "eth0"
    dog.state, dog.claim, dog.asked, dog.peer, dog.peer_at = "changing", "", set(), {}, 0.0
    dog.next_beat = dog.announce_until = dog.deadline = 0.0
    dog.why = ""
    return dog


def said(dog: Any, state: str, claim: str, at: float) -> None:
    dog.peer, dog.peer_at = {"state": state, "claim": claim, "mac": PEER}, at


def test_what_is_installed_is_python_3_7_and_imports_nothing_of_ours() -> None:
    tree = ast.parse(watchdog.program(), feature_version=(3, 7))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name and name.startswith("irekae")]


def test_the_file_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "watchdog.py").write_bytes(watchdog.program())
    command = [sys.executable, "-I", "-W", "error", str(tmp_path / "watchdog.py")]
    done = subprocess.run([*command, "ask", "status"], capture_output=True, text=True)
    assert json.loads(done.stdout) == {"state": "", "running": False, "why": "", "hears": False}
    assert subprocess.run([*command, "nonsense"], capture_output=True).returncode == 2


def test_a_probe_is_rfc_5227s() -> None:
    frame = wire.arp(bytes.fromhex("020000000001"), "0.0.0.0", "198.51.100.21")
    assert frame.hex() == "ffffffffffff0200000000010806000108000604000102000000000100000000" + ("000000000000c6336415")


@pytest.mark.parametrize(
    ("state", "side"),
    [
        ("", "old"),
        ("reverted", "old"),
        ("armed", "old"),
        ("changing", "old"),
        ("trial", "old"),
        ("returning", "old"),
        ("prepared", "new"),
        ("confirmed", "new"),
    ],
)
def test_where_a_host_belongs_after_a_boot(folder: Path, state: str, side: str) -> None:
    memory.keep("plan.json", json.dumps(PLAN))
    memory.keep("state", state)
    assert memory.home() == side


def test_without_a_plan_a_host_belongs_at_its_old_place(folder: Path) -> None:
    assert memory.home() == "old"
    assert memory.side("old")["address"] == OLD["address"]


def free(dog: Any, at_home: bool, since: float = 900.0) -> bool:
    return bool(dog.is_free("new", since, at_home))


def test_the_new_address_needs_the_other_hosts_fresh_word(folder: Path, clock: list[float]) -> None:
    dog = made()
    assert not free(dog, at_home=False)
    said(dog, "changing", "198.51.100.22", at=999.0)
    assert not free(dog, at_home=False)
    said(dog, "changing", "", at=999.0)
    assert free(dog, at_home=False)
    said(dog, "changing", "", at=990.0)
    dog.wire.heard = 999.0
    assert not free(dog, at_home=False)


def test_who_answers_for_an_address_keeps_it(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "changing", "", at=999.0)
    dog.wire.spoke = [THIRD]
    assert not free(dog, at_home=False)
    assert not free(dog, at_home=True, since=clock[0] - moves.INSIST + 1)


def test_an_address_is_watched_for_a_while_before_it_is_taken(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "changing", "", at=1000.0)
    assert not free(dog, at_home=False, since=clock[0] - moves.QUIET / 2)


def test_on_the_way_home_a_dead_host_is_not_waited_for(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "prepared", "198.51.100.22", at=clock[0] - moves.SILENCE - 1)
    dog.wire.heard = 999.0
    assert free(dog, at_home=True)
    assert not free(dog, at_home=True, since=clock[0] - moves.SILENCE + 1)


def test_a_host_that_hears_nothing_at_all_takes_nothing(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "prepared", "198.51.100.22", at=clock[0] - moves.SILENCE - 1)
    dog.wire.heard = 0.0
    assert not free(dog, at_home=True)


@pytest.mark.parametrize("speaks", [THIRD, PEER])
def test_whoever_answers_for_an_address_cannot_keep_its_host_out_for_good(
    folder: Path, clock: list[float], speaks: str
) -> None:
    dog = made()
    said(dog, "returning", "198.51.100.21", at=999.0)
    dog.wire.spoke = [speaks]
    assert not free(dog, at_home=True, since=clock[0] - moves.INSIST + 1)
    assert free(dog, at_home=True, since=clock[0] - moves.INSIST - 1)


def test_the_other_hosts_own_word_that_it_holds_the_address_keeps_a_host_out(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "prepared", "198.51.100.22", at=999.0)
    assert not free(dog, at_home=True, since=clock[0] - moves.GIVE_UP - 1)


def test_without_any_word_probing_is_given_up_on_the_way_home_alone(folder: Path, clock: list[float]) -> None:
    dog = made()
    said(dog, "prepared", "198.51.100.22", at=clock[0] - moves.GIVE_UP)
    dog.wire.spoke = [PEER]
    dog.wire.heard = 999.0
    assert not free(dog, at_home=True, since=clock[0] - moves.GIVE_UP + 1)
    assert free(dog, at_home=True, since=clock[0] - moves.GIVE_UP - 1)
    assert not free(dog, at_home=False, since=clock[0] - moves.GIVE_UP - 1)


def test_a_wire_that_is_silent_for_good_keeps_nobody_from_home(folder: Path, clock: list[float]) -> None:
    dog = made()
    assert not free(dog, at_home=True, since=clock[0] - moves.GIVE_UP + 1)
    assert free(dog, at_home=True, since=clock[0] - moves.GIVE_UP - 1)


def payload(dog: Any, state: str, **other: Any) -> bytes:
    """What `dog` says in that state, as it arrives."""
    dog.state, dog.next_beat = state, 0.0
    dog.plan = {**dog.plan, **other}
    dog.beat()
    return bytes(dog.wire.sent[-1][14:])


def test_the_other_hosts_word_is_heard(clock: list[float]) -> None:
    here, there = made(), made({**PLAN, "me": "b", "peer": "a"})
    here.hear(payload(there, "prepared"))
    assert here.peer["state"] == "prepared"
    assert here.peer_at == clock[0]


@pytest.mark.parametrize("wrong", [{"secret": "11" * 32}, {"id": "2"}, {"me": "c"}])
def test_a_word_that_is_not_the_other_hosts_of_this_exchange_is_not_heard(
    clock: list[float], wrong: dict[str, str]
) -> None:
    here, there = made(), made({**PLAN, "me": "b", "peer": "a"})
    here.hear(payload(there, "returning", **wrong))
    assert here.peer == {}


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_word_cut_short_is_not_heard(clock: list[float], length: int) -> None:
    here, there = made(), made({**PLAN, "me": "b", "peer": "a"})
    here.hear(payload(there, "returning")[:length])
    assert here.peer == {}


@pytest.mark.parametrize(("state", "gave_up"), [("trial", False), ("prepared", False), ("returning", True),
                                                ("reverted", True), ("confirmed", False)])  # fmt: skip
def test_what_counts_as_giving_up(state: str, gave_up: bool) -> None:
    dog = made()
    said(dog, state, "", at=0.0)
    assert bool(dog.given_up()) is gave_up


@pytest.mark.parametrize(("systemd", "status", "started"), [
    (False, 0, ["alone"]),
    (True, 0, ["systemd-run --quiet --collect -- "]),
    (True, 1, ["systemd-run --quiet --collect -- ", "alone"]),
])  # fmt: skip
def test_under_systemd_the_watchdog_is_in_a_group_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, systemd: bool, status: int, started: list[str]
) -> None:
    done: list[str] = []

    def run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        done.append(" ".join(argv))
        return subprocess.CompletedProcess(argv, status)

    monkeypatch.setattr(verbs, "SYSTEMD", str(folder if systemd else folder / "nowhere"))
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **options: done.append("alone"))
    verbs.detach()
    assert [line.partition(sys.executable)[0] for line in done] == started


# --- what hangs ---


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_ip_that_hangs_never_means_that_an_address_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "ip", "exec sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(wire.said_by, "__defaults__", (0.2,))
    with pytest.raises(OSError, match=r"ip -o addr show dev eth0 says nothing for 0\.2 s"):
        wire.addresses("eth0")


def test_a_command_that_cannot_even_be_killed_holds_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spared: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(moves, "place", lambda name: str(tmp_path / name))
    monkeypatch.setattr(moves, "log", lambda text: None)
    monkeypatch.setattr(moves, "KILLED", 0.1)
    dog = made()
    dog.pump = lambda condition, seconds: False
    with monkeypatch.context() as patched:
        patched.setattr(subprocess.Popen, "kill", lambda child: spared.append(child))
        assert dog.run("sleep", "600") == 124
    (child,) = spared
    child.kill()
    child.wait()


def test_a_systemd_that_does_not_answer_gets_no_watchdog_and_we_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "systemd-run", "exec sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(verbs, "SYSTEMD", str(tmp_path))
    monkeypatch.setattr(verbs, "STARTING", 0.2)
    monkeypatch.setattr(verbs, "place", lambda name: str(tmp_path / name))
    monkeypatch.setattr(sys, "argv", [str(script(tmp_path, "watchdog.py", "")), "arm"])
    (tmp_path / "watchdog.py").write_text(f"open({str(tmp_path / 'began')!r}, 'w')")
    started: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def kept(*argv: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(begin(*argv, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", kept)
    verbs.detach()
    assert started[-1].wait(60) == 0
    assert (tmp_path / "began").exists()

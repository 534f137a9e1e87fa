"""What may come up, when ifupdown asks: at rest, after a boot in the middle, and while the watchdog is at work."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from irekae.subjects.network.watchdog import memory, verbs
from tests.unit.subjects.network.exchanged import NEW, OLD
from tests.unit.subjects.network.named_only import NAMED_ONLY, SETTING


class Asked:
    """ifupdown asks: `asked(interface, address)` is the exit status; `done` is what happened meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.done: list[str] = []
        monkeypatch.setattr(verbs, "addresses", lambda _: [])
        monkeypatch.setattr(verbs, "detach", lambda: self.done.append("watchdog"))
        monkeypatch.setattr(verbs, "wait_for", lambda condition, seconds: self.done.append("waited"))
        monkeypatch.setattr(socket, "gethostname", lambda: "ika")
        monkeypatch.setattr(socket, "sethostname", self.done.append)

    def __call__(self, interface: str, address: str = "") -> int:
        self.monkeypatch.setenv("IFACE", interface)
        self.monkeypatch.setenv("IF_ADDRESS", address)
        return verbs.gate()


@pytest.fixture
def asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


def defines(folder: Path, *lines: str) -> None:
    """What the network manager prints of an interface's definition."""
    held = json.loads((folder / "guard.json").read_text())
    (folder / "guard.json").write_text(json.dumps({**held, "shown": ["printf", "%s\\n", *lines]}))


@pytest.mark.parametrize("state", ["", "reverted", "armed"])
def test_at_rest_the_old_address_comes_up_by_itself(asked: Asked, plan: None, state: str) -> None:
    memory.keep("state", state)
    assert [asked("--all"), asked("eth0", OLD["address"]), asked("lo", "127.0.0.1"), asked("eth0", "2001:db8::1")] == [
        0
    ] * 4
    assert asked.done == []


def test_at_rest_the_name_goes_with_the_address(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "tako")
    assert asked("--all") == 0
    assert asked.done == ["ika"]


@pytest.mark.parametrize("interface", ["eth0", "eth0:0", "br0"])
def test_at_rest_the_new_address_is_refused_wherever_it_comes_up(asked: Asked, interface: str) -> None:
    assert asked(interface, f"{NEW['address']}/24") == 3


@pytest.mark.parametrize("line", ["up: ip addr add {}/24 dev eth0", "pre-up: ifconfig eth1 {}", "address: {}"])
def test_at_rest_the_new_address_is_refused_however_it_is_set(asked: Asked, folder: Path, line: str) -> None:
    defines(folder, line.format(NEW["address"]), "up: sleep 3")
    assert asked("eth0") == 3
    defines(folder, line.format(OLD["address"]), line.format(f"{NEW['address']}0"))
    assert asked("eth0") == 0


@pytest.mark.parametrize("option", NAMED_ONLY)
@pytest.mark.parametrize("state", ["", "changing"])
def test_what_only_names_the_other_host_comes_up(
    asked: Asked, folder: Path, plan: None, option: str, state: str
) -> None:
    memory.keep("state", state)
    key, _, value = option.format(NEW["address"]).partition(" ")
    defines(folder, f"address: {OLD['address'] if not state else '10.0.0.1'}/24", f"{key}: {value}")
    assert asked("eth1" if state else "eth0") == 0


@pytest.mark.parametrize("option", SETTING)
def test_what_sets_the_other_hosts_address_does_not(asked: Asked, folder: Path, option: str) -> None:
    key, _, value = option.format(NEW["address"]).partition(" ")
    defines(folder, f"address: {OLD['address']}", f"{key}: {value}")
    assert asked("eth0") == 3


def test_a_new_file_put_in_place_by_hand_brings_nothing_up_but_the_watchdog(asked: Asked, folder: Path) -> None:
    (folder / "network" / "interfaces").write_text(NEW["text"])
    assert asked("--all") == 0
    assert asked.done == ["ika", "watchdog", "waited"]
    assert asked("eth0", NEW["address"]) == 3


@pytest.mark.parametrize("state", ["changing", "trial", "prepared", "returning"])
@pytest.mark.parametrize("address", [OLD["address"], NEW["address"], ""])
def test_in_the_middle_the_watchdog_alone_brings_the_interface_up(
    asked: Asked, plan: None, state: str, address: str
) -> None:
    memory.keep("state", state)
    assert asked("--all") == 0
    assert asked.done == ["tako" if state == "prepared" else "ika", "watchdog", "waited"]
    assert asked("eth0", address) == 3
    assert asked("lo", "127.0.0.1") == 0


def test_in_the_middle_another_interface_must_not_bring_the_addresses_either(asked: Asked, plan: None) -> None:
    memory.keep("state", "trial")
    assert asked("eth1", "10.0.0.1") == 0
    assert asked("eth1", NEW["address"]) == 3


def test_confirmed_the_new_address_comes_up(asked: Asked, folder: Path, plan: None) -> None:
    memory.keep("state", "confirmed")
    (folder / "network" / "interfaces").write_text(NEW["text"])
    assert asked("eth0", NEW["address"]) == 0
    assert asked("eth0", OLD["address"]) == 3


def test_confirmed_with_the_old_file_still_in_place_the_watchdog_brings_it_up(asked: Asked, plan: None) -> None:
    memory.keep("state", "confirmed")
    assert asked("eth0", OLD["address"]) == 3
    assert asked.done == ["tako", "watchdog"]


def test_while_the_watchdog_brings_an_address_up_only_that_one_is_let_through(
    asked: Asked, folder: Path, plan: None
) -> None:
    memory.keep("state", "changing")
    (folder / "permit").write_text(NEW["address"])
    assert asked("eth0", NEW["address"]) == 0
    assert asked("eth0", OLD["address"]) == 3
    assert asked.done == []


def test_a_missing_guard_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "FOLDER", str(tmp_path / "nowhere"))
    monkeypatch.setenv("IFACE", "eth0")
    monkeypatch.setenv("IF_ADDRESS", NEW["address"])
    assert verbs.gate() == 0


def test_an_ip_that_hangs_holds_no_boot(asked: Asked, plan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(interface: str) -> list[str]:
        raise OSError(110, "ip says nothing")

    memory.keep("state", "changing")
    monkeypatch.setattr(verbs, "addresses", hangs)
    monkeypatch.setattr(verbs, "wait_for", lambda condition, seconds: condition())
    assert asked("--all") == 0
    assert asked.done == ["ika", "watchdog"]

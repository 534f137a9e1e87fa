"""Which keys the checks log in with: what cannot be read is passed over, and the agent's are used."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest

from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Machine
from tests.unit.sshd import Sshd, ed25519_key, text_of
from verify import logins
from verify.finding import Unreachable
from verify.logins import seat_keys


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's home, with no key and no agent."""
    path = tmp_path / "home/.ssh"
    path.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return path


def make_key(path: Path, *options: str) -> str:
    """A key there; its fingerprint."""
    subprocess.run(["ssh-keygen", "-q", *(options or ("-t", "ed25519", "-N", "")), "-f", str(path)], check=True)
    told = subprocess.run(["ssh-keygen", "-l", "-f", f"{path}.pub"], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    place = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(place)], stdout=subprocess.DEVNULL) as process:
        while not place.exists() and process.poll() is None:
            os.sched_yield()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        yield
        process.terminate()


def found(target: HostEntry) -> list[str]:
    with seat_keys(target) as keys:
        told = [f"SHA256:{key.fingerprint.removeprefix('SHA256:')}" for key in keys]
    del keys
    gc.collect()  # whatever is left open is told now
    return told


@pytest.fixture
def target(inventory: Inventory) -> HostEntry:
    return inventory.production


ENCRYPTED = {
    "openssh": ("-t", "ed25519", "-N", "secret"),
    "pem": ("-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret"),
    "pkcs8": ("-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "secret"),
}


@pytest.mark.parametrize("form", ENCRYPTED)
def test_a_key_with_a_passphrase_is_no_error(home: Path, target: HostEntry, form: str) -> None:
    make_key(home / "id_first", *ENCRYPTED[form])
    plain = make_key(home / "id_second")
    assert found(target) == [plain]


@pytest.mark.parametrize(
    "text", ["", "x", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_no_error(home: Path, target: HostEntry, text: str) -> None:
    (home / "id_first").write_text(text)
    assert found(target) == []


def test_the_agents_key_stands_for_the_file_with_a_passphrase(
    home: Path, target: HostEntry, tmp_path: Path, agent: None
) -> None:
    make_key(home / "id_first", *ENCRYPTED["openssh"])
    others = [make_key(home / f"id_other{number}") for number in range(3)]
    held = make_key(tmp_path / "held")
    subprocess.run(["ssh-add", "-q", str(tmp_path / "held")], check=True)
    assert found(target) == [held, *others]


def test_the_agent_proves_a_key_as_long_as_the_keys_are_used(tmp_path: Path, target: HostEntry, agent: None) -> None:
    make_key(tmp_path / "held")
    subprocess.run(["ssh-add", "-q", str(tmp_path / "held")], check=True)
    with seat_keys(target) as keys:
        assert b"ssh-ed25519" in bytes(keys[0].sign_ssh_data(b"words"))


def strange_agent(place: Path) -> socket.socket:
    """It hears, and hangs up."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(place))
    listening.listen()

    def hang_up() -> None:
        line, _ = listening.accept()
        line.close()

    Thread(target=hang_up, daemon=True).start()
    return listening


@pytest.mark.parametrize("there", [True, False])
def test_an_agent_that_does_not_answer_leaves_nothing_open(
    home: Path, target: HostEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    plain = make_key(home / "id_first")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    with strange_agent(tmp_path / "agent") if there else contextlib.nullcontext():
        assert found(target) == [plain]


def test_hosts_inis_key_comes_first_and_none_comes_twice(home: Path, target: HostEntry) -> None:
    make_key(home / "id_a")
    named = make_key(home / "id_b")
    keys = found(replace(target, key_file=str(home / "id_b")))
    assert keys[0] == named
    assert len(keys) == 2


@pytest.mark.parametrize(("turned_away", "patience", "met"), [(2, 20.0, True), (1, 0.0, False)])
def test_who_is_turned_away_for_what_he_did_before_asks_again_where_he_may(
    inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turned_away: int, patience: float, met: bool
) -> None:
    key = ed25519_key(tmp_path / "host_key")
    machine = Machine("ika", [text_of(key)])
    monkeypatch.setattr(logins, "load_pins", lambda inventory: None)
    monkeypatch.setattr(logins, "may_answer", lambda inventory, pins, target: [machine])
    monkeypatch.setattr(logins, "AGAIN", 0.0)
    monkeypatch.setattr(logins, "TURNED_AWAY", patience)
    server = Sshd([key], str, login=False, turned_away=turned_away)
    try:
        way = logins.Door(replace(inventory.production, address="127.0.0.1", port=server.port), None)
        if met:
            assert [one.outcome for one in logins.attempts(way, inventory, "root", with_password=False)] == ["refused"]
        else:
            with pytest.raises(Unreachable):
                logins.attempts(way, inventory, "root", with_password=False)
    finally:
        server.close()


def test_a_door_that_something_closes_is_tried_from_a_further_address_alone(inventory: Inventory) -> None:
    class Connections:
        def __init__(self, third: str) -> None:
            outside = replace(inventory.production, name="outside", address="192.0.2.50", third=third)
            hosts = {**inventory.hosts, "outside": outside}
            self.inventory = replace(inventory, hosts=hosts, _groups={**inventory._groups, "outside": ["outside"]})
            self.config = "ssh.config"

    def source(third: str, *, closes: bool) -> str:
        return logins.door(cast(Any, Connections(third)), inventory.standby, closes=closes).source

    assert source("192.0.2.66", closes=True) == source("192.0.2.66", closes=False) == "192.0.2.66"
    assert source("", closes=False) == "192.0.2.50", "its own, where nobody is shut out by it"
    assert source("", closes=True) == "", "the seat"

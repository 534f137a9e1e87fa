"""The connection from the seats that there are: behind a jump host, with keys that cannot be used."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from irekae.host import remote
from irekae.host.remote import Link
from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory
from irekae.site.machines import Pins
from tests.unit.host.conftest import Start

# --- over a jump host ---

_RELAY = """#!{python}
import socket, sys, threading
where, port = sys.argv[1:]
line = socket.create_connection((where.strip("[]"), int(port)))
def send():
    while data := sys.stdin.buffer.read1(65536):
        line.sendall(data)
threading.Thread(target=send, daemon=True).start()
while data := line.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way to every host is a command."""
    relay = tmp_path / "relay"
    relay.write_text(_RELAY.format(python=sys.executable))
    relay.chmod(0o755)
    monkeypatch.setattr(remote, "proxy_command", lambda entry: f"{relay} %h %p")


def test_a_host_is_reached_over_the_operators_jump_host(
    over: None, start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    assert len(base64.b64decode(link.ask("read", path=f"{tmp_path}/file")["data"])) == 300_000


def test_a_stranger_behind_it_is_refused_all_the_same(
    over: None, start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    with pytest.raises(SwapError, match="a stranger answers at ika") as raised:
        connect(start(keys["stranger"]))
    assert raised.value.status is Status.REFUSED


def test_a_way_that_leads_nowhere_is_named(
    inventory: Inventory, connect: Callable[..., Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "proxy_command", lambda entry: "exit 1")
    with pytest.raises(SwapError, match="cannot be reached") as raised:
        connect(1)
    assert raised.value.hint == "does `ssh 127.0.0.1` come through? The way is: exit 1"


# --- the operator's keys ---

ENCRYPTED = {
    "openssh": ("-t", "ed25519"),
    "pem": ("-t", "rsa", "-b", "2048", "-m", "PEM"),
    "pkcs8": ("-t", "rsa", "-b", "2048", "-m", "PKCS8"),
}


@pytest.fixture
def no_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.usefixtures("no_agent")
@pytest.mark.parametrize("form", ENCRYPTED)
def test_a_key_with_a_passphrase_says_what_to_do(
    start: Start,
    keys: dict[str, paramiko.PKey],
    inventory: Inventory,
    pins: Pins,
    tmp_path: Path,
    form: str,
) -> None:
    subprocess.run(["ssh-keygen", "-q", *ENCRYPTED[form], "-N", "secret", "-f", tmp_path / "key"], check=True)
    entry = replace(
        inventory.production, address="127.0.0.1", port=start(keys["ika"]).port, key_file=str(tmp_path / "key")
    )
    with pytest.raises(SwapError) as raised:
        Link(inventory, entry, pins, str(tmp_path / "state"))
    assert "TypeError" not in str(raised.value)
    assert "refuses the login" in raised.value.what
    assert "ssh-add" in raised.value.hint


@pytest.mark.usefixtures("no_agent")
def test_a_key_file_that_is_not_there_is_named(
    start: Start, keys: dict[str, paramiko.PKey], inventory: Inventory, pins: Pins, tmp_path: Path
) -> None:
    entry = replace(
        inventory.production, address="127.0.0.1", port=start(keys["ika"]).port, key_file=f"{tmp_path}/none"
    )
    with pytest.raises(SwapError, match=r"the key for ika .* cannot be read") as raised:
        Link(inventory, entry, pins, str(tmp_path / "state"))
    assert raised.value.status is Status.WRONG_USE

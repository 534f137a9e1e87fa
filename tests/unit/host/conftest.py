"""A host behind a real SSH server on loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from irekae.host.remote import Link
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Machine, Pins
from tests.unit.sshd import Sshd, ed25519_key, text_of

Start = Callable[..., Sshd]


def without_sudo(line: str) -> str:
    """The command line without sudo, in this Python."""
    return line.replace("sudo -n -- python3", sys.executable, 1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, paramiko.PKey]:
    folder = tmp_path_factory.mktemp("keys")
    found: dict[str, paramiko.PKey] = {name: ed25519_key(folder / name) for name in ("ika", "tako", "stranger")}
    found["rsa"] = paramiko.RSAKey.generate(2048)
    ed25519_key(folder / "login")
    found["folder"] = folder  # type: ignore[assignment]
    return found


@pytest.fixture
def pins(keys: dict[str, paramiko.PKey]) -> Pins:
    return Pins([Machine("ika", [text_of(keys["ika"])]), Machine("tako", [text_of(keys["tako"])])])


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[Sshd] = []

    def one(*shown: paramiko.PKey, command: Callable[[str], str] = without_sudo, login: bool = True) -> Sshd:
        begun.append(Sshd(list(shown), command, login))
        return begun[-1]

    yield one
    for sshd in begun:
        sshd.close()


@pytest.fixture
def connect(
    inventory: Inventory, pins: Pins, keys: dict[str, paramiko.PKey], tmp_path: Path
) -> Iterator[Callable[..., Link]]:
    links: list[Link] = []

    def one(sshd: Sshd | int, **changes: object) -> Link:
        port = sshd if isinstance(sshd, int) else sshd.port
        entry: HostEntry = replace(
            inventory.production, address="127.0.0.1", port=port, user="op", key_file=f"{keys['folder']}/login"
        )
        inventory.hosts["ika"] = entry
        root = bool(changes.get("root", True))
        link = Link(inventory, entry, changes.get("pins", pins), str(tmp_path / "state"), root)  # type: ignore[arg-type]
        links.append(link)
        return link

    yield one
    for link in links:
        link.close()

"""`fab board` as it is typed: a process, two real SSH servers on loopback as its hosts, a reader of its page."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import paramiko
import pytest

from irekae.site.inventory import load_inventory
from irekae.site.machines import Machine, Pins, save_pins
from tests.unit.sshd import Sshd, ed25519_key, text_of

PROJECT = Path(__file__).resolve().parents[3]
ADDRESSES = {"ika": "127.0.0.1", "tako": "127.0.0.2"}
HOSTS = """
[production]
ika ansible_host=127.0.0.1 ansible_port={ika} fqdn=ika-itpass.scitec.kobe-u.ac.jp
[standby]
tako ansible_host=127.0.0.2 ansible_port={tako} fqdn=tako-itpass.scitec.kobe-u.ac.jp
[all:vars]
ansible_user=op
ansible_ssh_private_key_file={login}
"""


def as_agent(line: str) -> str:
    """The agent without sudo, in this Python."""
    return line.replace("sudo -n -- python3", sys.executable, 1)


class Room:
    """Two hosts and a seat."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: dict[str, paramiko.PKey] = {name: ed25519_key(folder / name) for name in ADDRESSES}
        ed25519_key(folder / "login")
        self.hosts = {name: self.host(name) for name in ADDRESSES}
        ports = {name: sshd.port for name, sshd in self.hosts.items()}
        (folder / "hosts.ini").write_text(HOSTS.format(**ports, login=folder / "login"))
        site = (PROJECT / "site.toml").read_text()
        (folder / "site.toml").write_text(site.replace("/var/lib/irekae", str(folder / "state")))
        inventory = load_inventory(folder / "hosts.ini")
        save_pins(inventory, Pins([Machine(name, [text_of(key)]) for name, key in self.keys.items()]))

    def host(self, name: str, port: int = 0) -> Sshd:
        """A host that is up."""
        return Sshd([self.keys[name]], as_agent, at=(ADDRESSES[name], port))

    def fab(self, *words: str) -> subprocess.Popen[str]:
        """`fab`, at this seat."""
        files = {"IREKAE_INVENTORY": str(self.folder / "hosts.ini"), "IREKAE_SITE": str(self.folder / "site.toml")}
        argv = [sys.executable, "-m", "fabric", *words]
        environ = {**os.environ, **files, "HOME": str(self.folder)}
        return subprocess.Popen(argv, cwd=PROJECT, env=environ, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = Room(tmp_path)
    yield found
    for sshd in found.hosts.values():
        sshd.close()


def tops(answer: http.client.HTTPResponse) -> Iterator[str]:
    """The top of the page, whenever it changes."""
    for line in answer:
        if line.startswith(b"data: ") and "top" in (parts := json.loads(line.removeprefix(b"data: "))):
            yield parts["top"]


def test_it_goes_on_while_a_host_is_away_takes_it_up_again_and_ends_cleanly(room: Room) -> None:
    board = room.fab("board", "--port", "0")
    try:
        assert board.stdout
        url = urlsplit(board.stdout.readline().removeprefix("the board: ").strip())
        connection = http.client.HTTPConnection(url.netloc, timeout=120)
        connection.request("GET", f"{url.path}events?lang=en")
        seen = tops(connection.getresponse())
        assert "no swap has begun" in next(seen)

        port = room.hosts["tako"].port
        room.hosts["tako"].close()
        away = next(top for top in seen if "does not answer" in top)
        assert re.findall(r"<b>(\w+) does not answer</b>", away) == ["tako"]
        room.hosts["tako"] = room.host("tako", port)
        next(top for top in seen if "does not answer" not in top)

        board.send_signal(signal.SIGTERM)
        said, _ = board.communicate(timeout=120)
        assert said.endswith("the board is ended\n")
        assert board.returncode == 0
        assert not list((room.folder / "state").rglob("journal.jsonl"))
        connection.close()
    finally:
        board.kill()
        board.wait()

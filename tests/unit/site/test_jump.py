"""The way to a host that the operator's ssh_config gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.model.errors import Status, SwapError
from irekae.site import first_trust, jump
from irekae.site.inventory import Inventory
from irekae.site.jump import proxy_command
from verify.ssh_config import ssh_config


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which a file of a host's name holds what `ssh -G` says of it."""
    folder = tmp_path / "says"
    folder.mkdir()
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1" = -G ] && cat "{folder}/$2" 2>/dev/null\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    jump._asked.cache_clear()
    yield folder
    jump._asked.cache_clear()


PLAIN = "user hayashi\nhostname 133.30.109.21\nproxyjump none\nport 22\n"


def test_without_one_the_way_is_direct(says: Path, inventory: Inventory) -> None:
    assert proxy_command(inventory.production) == ""
    (says / "ika").write_text(PLAIN)
    jump._asked.cache_clear()
    assert proxy_command(inventory.production) == ""


@pytest.mark.parametrize("under", ["ika", "133.30.109.21"])
@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("proxyjump gate", "ssh -o BatchMode=yes -W [%h]:%p ssh://gate"),
        ("proxyjump hayashi@gate:2222", "ssh -o BatchMode=yes -W [%h]:%p ssh://hayashi@gate:2222"),
        ("proxyjump gate,inner", "ssh -o BatchMode=yes -J gate -W [%h]:%p ssh://inner"),
        ("proxycommand nc -X 5 %h %p", "nc -X 5 %h %p"),
    ],
)
def test_the_way_is_found_under_name_and_address(
    says: Path, inventory: Inventory, under: str, said: str, command: str
) -> None:
    (says / under).write_text(f"{said}\n{PLAIN.replace('proxyjump none', '')}")
    assert proxy_command(inventory.production) == command
    assert proxy_command(inventory.standby) == ""


def test_the_acceptance_suite_goes_the_same_way(says: Path, inventory: Inventory, tmp_path: Path) -> None:
    (says / "tako").write_text("proxyjump gate\n")
    lines = [line.strip() for line in ssh_config(inventory, tmp_path).splitlines()]
    at = lines.index("ProxyCommand ssh -o BatchMode=yes -W [%h]:%p ssh://gate")
    assert lines.index("Host tako") < at < lines.index("Host dennou")
    assert sum(line.startswith("ProxyCommand") for line in lines) == 1


def test_the_first_trust_needs_a_file_there(says: Path, inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    (says / "ika").write_text("proxyjump gate\n")
    monkeypatch.setattr("irekae.model.errors._typed", ["fab init --production ika=192.0.2.1"])
    with pytest.raises(SwapError, match="reached over a jump host") as raised:
        first_trust._fetched(inventory)
    assert raised.value.status is Status.REFUSED
    assert "`fab init --production ika=192.0.2.1 --known-hosts FILE`" in raised.value.hint

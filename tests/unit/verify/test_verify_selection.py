from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from irekae.model.errors import SwapError
from irekae.site.inventory import Inventory, load_inventory
from verify.selection import Proof, Selection, proofs, select

ROOT = Path(__file__).parents[3]


@pytest.fixture
def inventory() -> Inventory:
    return load_inventory(ROOT / "hosts.ini")


def names(selection: Selection) -> list[tuple[str, str]]:
    return [(host.name, role) for host, role in selection.hosts]


def test_without_hosts_everything_is_checked(inventory: Inventory) -> None:
    assert names(select(inventory, None, None)) == [("ika", "production"), ("tako", "standby"), ("dennou", "backup")]


def test_the_backups_are_checked_with_the_production_host(inventory: Inventory) -> None:
    assert names(select(inventory, "ika", None)) == [("ika", "production"), ("dennou", "backup")]
    assert names(select(inventory, "tako", None)) == [("tako", "standby")]
    assert names(select(inventory, "dennou", None)) == [("dennou", "backup")]


def test_a_host_may_be_named_by_its_address_and_twice(inventory: Inventory) -> None:
    address = inventory.standby.address
    assert names(select(inventory, f"tako, {address}", None)) == [("tako", "standby")]


@pytest.mark.parametrize("hosts", ["uni", "ika,uni", "outside", "", ","])
def test_an_unknown_host_is_wrong_use(inventory: Inventory, hosts: str) -> None:
    with pytest.raises(SwapError, match=r"--hosts") as error:
        select(inventory, hosts, None)
    assert error.value.status == 2


@pytest.mark.parametrize("items", ["x", "9.x", "9.3;9.4"])
def test_an_unknown_item_is_wrong_use(inventory: Inventory, items: str) -> None:
    with pytest.raises(SwapError, match=r"--item"):
        select(inventory, None, items)


def test_a_check_is_made_where_its_role_is(inventory: Inventory) -> None:
    marked = [Proof("9.3", ("production",)), Proof("9.12", ("standby",))]
    made = select(inventory, "ika,tako", None).places(marked)
    assert [(host.name, proof.number) for host, _, proof in made] == [("ika", "9.3"), ("tako", "9.12")]
    assert [proof.number for _, _, proof in select(inventory, None, "9.12").places(marked)] == ["9.12"]
    assert len(select(inventory, None, "9").places(marked)) == 2
    assert select(inventory, None, "10").places(marked) == []


def test_other_markers_are_no_proofs() -> None:
    assert proofs([pytest.mark.lab.mark, pytest.mark.item("9.4", roles=("standby",)).mark]) == [
        Proof("9.4", ("standby",))
    ]


def collected(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "verify/", "--collect-only", "-q", "-p", "no:cacheprovider", *options]
    # Whoever runs the tests with options of their own does not mean this run.
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_only_the_named_host_s_checks_are_collected() -> None:
    done = collected("--hosts=tako")
    checks = [line for line in done.stdout.splitlines() if "::" in line]
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(checks) > 40
    assert all("[tako" in check for check in checks)


def test_an_unknown_host_ends_with_one_message_and_status_2() -> None:
    done = collected("--hosts=uni")
    assert done.returncode == 2
    assert "no host 'uni' to check" in done.stderr
    assert "ika, tako, dennou" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


ALONE = """[production]
ika ansible_host=127.0.0.1 fqdn=ika-itpass.scitec.kobe-u.ac.jp
[standby]
tako ansible_host=127.0.0.2 fqdn=tako-itpass.scitec.kobe-u.ac.jp
[all:vars]
ansible_port=9
known_hosts=known_hosts
"""
KEYS = "[127.0.0.1]:9 ssh-ed25519 {0}\n[127.0.0.2]:9 ssh-ed25519 {1}\n"


@pytest.fixture
def alone(tmp_path: Path) -> Inventory:
    """A pair without a backup host, that nobody answers for."""
    (tmp_path / "hosts.ini").write_text(ALONE)
    keys = [base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes([number] * 32)).decode() for number in (1, 2)]
    (tmp_path / "known_hosts").write_text(KEYS.format(*keys))
    return load_inventory(tmp_path / "hosts.ini")


def test_a_role_that_nobody_has_stands_with_production(alone: Inventory) -> None:
    found = select(alone, None, None)
    assert names(found) == [("ika", "production"), ("tako", "standby"), ("ika", "backup")]
    assert found.lacking == ("backup",)
    assert names(select(alone, "tako", None)) == [("tako", "standby")]


def test_without_a_backup_host_its_checks_are_not_made_and_nothing_fails(alone: Inventory, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "verify/", "--hosts=ika", "--item=10", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "IREKAE_INVENTORY": str(alone.path)}
    done = subprocess.run(
        [*command, f"--json={tmp_path}/checks.json"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    checks = json.loads((tmp_path / "checks.json").read_bytes())
    assert {check["item"] for check in checks} == {"10.1", "10.2"}
    told = {(check["host"], check["outcome"], check["found"]) for check in checks}
    assert told == {("ika", "not checked", "hosts.ini names no [backup] host")}

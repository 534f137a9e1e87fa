from __future__ import annotations

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
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


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

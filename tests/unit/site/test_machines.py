"""Machines and names: pins, fingerprints, and who may answer where."""

from __future__ import annotations

import base64
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory, load_inventory
from irekae.site.machines import (
    Machine,
    Pins,
    fingerprint,
    known_hosts_text,
    load_pins,
    may_answer,
    pins_from_known_hosts,
    pins_path,
    save_pins,
    want_apart,
)
from tests.unit.host_keys import host_key as key

PINS = Pins([Machine("ika", [key("a"), key("a2", "ssh-rsa")], "id-a"), Machine("tako", [key("b")])])


def test_fingerprints_are_what_ssh_keygen_prints(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    printed = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key.pub"], check=True, capture_output=True, text=True)
    assert fingerprint((tmp_path / "key.pub").read_text()) == printed.stdout.split()[1]


def test_pins_are_kept_for_their_owner_alone_and_come_back(inventory: Inventory) -> None:
    save_pins(inventory, PINS)
    save_pins(inventory, PINS)
    assert load_pins(inventory) == PINS
    assert stat.S_IMODE(inventory.state.stat().st_mode) == 0o700
    assert [path.name for path in inventory.state.iterdir()] == ["machines.json"]


def test_machines_are_found_by_first_name() -> None:
    assert PINS.first_named("tako") is PINS.machines[1]
    assert PINS.first_named("squid") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"machines": 5}', '{"machines": [], "x": 1}', '{"machines": [{"x": 1}]}']
)
def test_broken_pins_are_told_with_the_way_out(inventory: Inventory, text: str) -> None:
    inventory.state.mkdir()
    pins_path(inventory).write_text(text)
    with pytest.raises(SwapError, match=r"machines\.json is broken") as raised:
        load_pins(inventory)
    assert "fab trust" in raised.value.hint


def test_nothing_is_trusted_by_itself(inventory: Inventory) -> None:
    with pytest.raises(SwapError, match="no machine is pinned yet") as raised:
        load_pins(inventory)
    assert raised.value.status is Status.REFUSED
    assert not pins_path(inventory).exists()


def test_a_known_hosts_that_hosts_ini_vouches_for_is_taken_once(inventory: Inventory) -> None:
    lines = [f"{host.address} {key(host.name)}\n" for host in inventory.pair]
    (inventory.folder / "known").write_text("".join(lines))
    with inventory.path.open("a") as file:
        file.write("known_hosts=known\n")
    again = load_inventory(inventory.path)
    assert [machine.first_name for machine in load_pins(again).machines] == ["ika", "tako"]
    (inventory.folder / "known").write_text("")
    assert len(load_pins(again).machines) == 2, "from then on the pins count"


def test_two_machines_with_one_key_are_refused(inventory: Inventory, tmp_path: Path) -> None:
    """Clones of one image: nobody could tell which of them answers."""
    same = Pins([Machine(host.name, [key("same")]) for host in inventory.pair])
    with pytest.raises(SwapError, match="ika and tako have the same host key") as raised:
        want_apart(inventory, same)
    assert "ssh-keygen -A" in raised.value.hint


def test_a_stale_line_of_known_hosts_costs_no_host_its_keys(inventory: Inventory, tmp_path: Path) -> None:
    """After an earlier swap the file still has ika's machine at tako's address: the file is wrong, not the hosts."""
    (tmp_path / "known").write_text("".join(f"{host.address} {key('same')}\n" for host in inventory.pair))
    with pytest.raises(SwapError, match=r"ika and tako have the same host key in .*known") as raised:
        pins_from_known_hosts(inventory, tmp_path / "known")
    assert f"remove the line that is wrong from {tmp_path / 'known'}" in raised.value.hint
    assert "rm /etc/ssh" not in raised.value.hint


def test_either_of_the_pair_may_answer_at_both_and_others_only_at_their_own(inventory: Inventory) -> None:
    pins = Pins([*PINS.machines, Machine("dennou", [key("d")])])
    for entry in inventory.pair:
        assert [machine.first_name for machine in may_answer(inventory, pins, entry)] == ["ika", "tako"]
    assert [machine.first_name for machine in may_answer(inventory, pins, inventory.named("dennou"))] == ["dennou"]
    assert may_answer(inventory, pins, inventory.named("outside")) == []


def test_openssh_is_told_the_same(inventory: Inventory) -> None:
    text = known_hosts_text(inventory, PINS)
    ika, tako = inventory.pair
    for entry in (ika, tako):
        for shown in (key("a"), key("a2", "ssh-rsa"), key("b")):
            assert f"{entry.address} {shown}\n" in text
    assert len(text.splitlines()) == 6


def test_what_was_written_for_openssh_is_read_back(inventory: Inventory, tmp_path: Path) -> None:
    lines = [f"{host.address} {key(host.name)}\n" for host in inventory.pair]
    (tmp_path / "known").write_text("".join(lines))
    pins = pins_from_known_hosts(inventory, tmp_path / "known")
    assert set(lines) <= set(known_hosts_text(inventory, pins).splitlines(keepends=True))


@given(st.binary(min_size=1))
def test_a_fingerprint_is_one_word_of_one_length(data: bytes) -> None:
    found = fingerprint(f"ssh-ed25519 {base64.b64encode(data).decode()}")
    assert found.startswith("SHA256:")
    assert len(found) == 50

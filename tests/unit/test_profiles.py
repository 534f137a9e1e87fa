"""The lab's profiles: whole, apart from each other, and remembered with the lab."""

from __future__ import annotations

import argparse
import configparser
import ipaddress
import re
from dataclasses import replace
from pathlib import Path

import pytest

from irekae.site.inventory import load_inventory
from irekae.site.manual import load_manual
from irekae.site.site import load_site
from lab import base, cli, layout, seat
from lab.errors import LabError
from lab.layout import Lab
from lab.profile import DEFAULT, PROFILES, load, names

PROJECT = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("name", names())
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(layout, "STATE", tmp_path / "state")
    monkeypatch.setattr(base, "CACHE", tmp_path)
    monkeypatch.setattr("lab.layer.CACHE", tmp_path)
    monkeypatch.delenv("SITE", raising=False)
    monkeypatch.setenv("LAB", "x")
    return tmp_path / "state"


@EACH
def test_irekae_reads_what_the_seat_gives_it(name: str, state: Path) -> None:
    lab = Lab("x", load(name))
    seat.public_key(lab)
    seat.furnish(lab)
    inventory = load_inventory(lab.seat / "hosts.ini")
    assert [host.name for host in inventory.pair] == [machine.name for machine in lab.profile.pair]
    path = lab.profile.site or PROJECT / "site.toml"
    site = load_site(inventory, path)
    told = inventory.production.fqdn if path.with_name("manual.toml").exists() else None
    assert load_manual(inventory, site, path).fqdn == told
    parser = configparser.ConfigParser(allow_no_value=True, delimiters=["="])
    parser.read(lab.seat / "hosts.ini")
    assert "all:vars" in parser


@EACH
def test_a_profile_has_no_address_that_could_be_somebodys(name: str) -> None:
    profile = load(name)
    mine = [ipaddress.ip_address(word) for m in profile.machines for word in (*m.addresses, m.third) if word]
    old, new = [a for a in mine if a.version == 4], [a for a in mine if a.version == 6]
    assert all(any(address in net for net in DOCUMENTATION) for address in old)
    assert all(address in ipaddress.ip_network("2001:db8::/32") for address in new)
    assert len(set(mine)) == len(mine)


def test_layers_of_profiles_never_have_the_same_name(state: Path) -> None:
    kinds = [{layer.kind for m in load(name).machines for layer in base.layers(load(name), m)} for name in names()]
    assert sum(map(len, kinds)) == len(set().union(*kinds))


def test_the_lab_knows_no_sites_name() -> None:
    of_sites = {word for name in names() for m in load(name).machines for word in (m.name, m.fqdn, *m.addresses)}
    of_sites = {word for word in of_sites | set(names()) if word not in ("outside", "backup")}
    for path in PROFILES.parent.glob("*.*"):
        if path.suffix in (".py", ".sh"):
            found = of_sites & set(re.findall(r"[\w.:-]+", path.read_text()))
            assert not found, path


def test_the_pair_is_remembered_with_the_lab(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert layout.current_lab().profile == load()
    assert load().name == DEFAULT.read_text().strip()
    (state / "x").mkdir(parents=True)
    (state / "x/site").write_text(f"{load().name}\n")
    monkeypatch.setenv("SITE", "another")
    assert layout.current_lab().profile == load()
    (state / "x/site").unlink()
    with pytest.raises(LabError, match="no site 'another'") as refused:
        layout.current_lab()
    assert refused.value.status == 2


def test_a_lab_that_is_up_is_not_made_another_pair(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab("x", load())
    monkeypatch.setattr(cli, "load", lambda name: replace(lab.profile, name=name))
    monkeypatch.setattr("lab.world.is_made", lambda lab: True)
    with pytest.raises(LabError, match=f"is up, of site {load().name}"):
        cli._up(lab, argparse.Namespace(site="another", overlay=[]))

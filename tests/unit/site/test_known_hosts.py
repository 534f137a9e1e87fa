"""known_hosts as OpenSSH reads it: hashed names, markers, patterns, ports, types; what does not count is told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from irekae.model.errors import Status, SwapError
from irekae.site.first_trust import trust
from irekae.site.inventory import Inventory, load_inventory
from irekae.site.machines import Machine, load_pins, pins_from_known_hosts
from tests.unit.host_keys import host_key as key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known"


def keys_in(inventory: Inventory, path: Path, text: str) -> dict[str, list[str]]:
    path.write_text(text)
    return {machine.first_name: machine.keys for machine in pins_from_known_hosts(inventory, path).machines}


def told(inventory: Inventory, path: Path, text: str) -> list[str]:
    path.write_text(text)
    said: list[str] = []
    pins_from_known_hosts(inventory, path, said.append)
    return said


def pair(inventory: Inventory) -> str:
    return "".join(f"{host.address} {key(host.name)}\n" for host in inventory.pair)


def with_port(inventory: Inventory, port: int) -> Inventory:
    """The same hosts, their sshd at another port."""
    with inventory.path.open("a") as file:
        file.write(f"ansible_port={port}\n")
    return load_inventory(inventory.path)


def test_known_hosts_lines_of_every_form_are_read(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    path.write_text(
        f"# a comment\n\n{ika.name},{ika.address} {key('a')}\n{ika.fqdn} {key('a')} comment\n"
        f"{ika.address} {key('a2', 'ssh-rsa')}\n[{tako.address}]:22 {key('b')}\n"
        f"@cert-authority * {key('ca')}\n|1|hash|hash {key('hashed')}\nother.example.org {key('other')}\nbroken\n"
    )
    pins = pins_from_known_hosts(inventory, path)
    assert pins.machines == [Machine("ika", [key("a"), key("a2", "ssh-rsa")]), Machine("tako", [key("b")])]


def test_a_host_without_a_key_is_named(inventory: Inventory, path: Path) -> None:
    path.write_text(f"{inventory.production.address} {key('a')}\n")
    with pytest.raises(SwapError, match="has no key for tako") as raised:
        pins_from_known_hosts(inventory, path, instead="another way")
    assert raised.value.status is Status.WRONG_USE
    assert f"({inventory.standby.address}:22)" in raised.value.what
    assert raised.value.hint == "another way"
    with pytest.raises(SwapError, match="cannot be read"):
        pins_from_known_hosts(inventory, path / "none")


def test_a_key_that_is_none_is_told(inventory: Inventory, path: Path) -> None:
    lines = [f"{host.address} ssh-ed25519 ???\n" for host in inventory.pair]
    path.write_text("".join(lines))
    with pytest.raises(SwapError, match=r"line 1: .* is no key"):
        pins_from_known_hosts(inventory, path)


def hashed(path: Path, text: str) -> str:
    """What Debian keeps: the file, its names hashed by OpenSSH itself."""
    path.write_text(text)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True, capture_output=True)
    assert "|1|" in path.read_text()
    return path.read_text()


def test_a_hashed_file_is_read(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    text = hashed(
        path, f"{ika.name},{ika.address} {key('a')}\n{ika.address} {key('a2', 'ssh-rsa')}\n{tako.fqdn} {key('b')}\n"
    )
    assert ika.address not in text
    assert keys_in(inventory, path, text) == {"ika": [key("a"), key("a2", "ssh-rsa")], "tako": [key("b")]}


def test_a_hashed_name_with_a_port_is_read(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    text = hashed(path, f"[{ika.address}]:2222 {key('a')}\n[{tako.name}]:2222 {key('b')}\n")
    assert keys_in(with_port(inventory, 2222), path, text) == {"ika": [key("a")], "tako": [key("b")]}


def test_the_lines_for_a_port_of_its_own_go_before_those_for_the_bare_name(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    text = f"{ika.address} {key('other sshd')}\n[{ika.address}]:2222 {key('a')}\n{tako.address} {key('b')}\n"
    assert keys_in(with_port(inventory, 2222), path, text) == {"ika": [key("a")], "tako": [key("b")]}


def test_another_port_is_another_sshd(inventory: Inventory, path: Path) -> None:
    with pytest.raises(SwapError, match="has no key for ika"):
        keys_in(
            inventory,
            path,
            pair(inventory).replace(inventory.production.address, f"[{inventory.production.address}]:2222"),
        )


def test_patterns_are_openssh_s(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    domain = ika.fqdn.partition(".")[2]
    text = f"!{tako.fqdn},*.{domain.upper()} {key('a')}\n{tako.name[:-1]}? {key('b')}\n[i]ka {key('no class')}\n"
    found = keys_in(inventory, path, text)
    assert (found["ika"], found["tako"]) == ([key("a")], [key("b")])


def test_a_revoked_key_is_never_pinned(inventory: Inventory, path: Path) -> None:
    ika = inventory.production
    text = f"{ika.address} {key('stolen')}\n{pair(inventory)}@revoked * {key('stolen')}\n"
    assert keys_in(inventory, path, text)["ika"] == [key("ika")]
    assert any("line 1: this key is revoked" in line for line in told(inventory, path, text))


def test_a_key_that_is_revoked_for_one_name_is_no_other_s_either(inventory: Inventory, path: Path) -> None:
    ika, tako = inventory.pair
    text = f"{pair(inventory)}{ika.address} {key('stolen')}\n@revoked {tako.name} {key('stolen')}\n"
    assert key("stolen") not in keys_in(inventory, path, text)["ika"]


def test_a_host_whose_only_key_is_revoked_has_none(inventory: Inventory, path: Path) -> None:
    path.write_text(pair(inventory) + f"@revoked {inventory.standby.name} {key('tako')}\n")
    with pytest.raises(SwapError, match="has no key for tako") as raised:
        pins_from_known_hosts(inventory, path)
    assert "line 2: this key is revoked" in raised.value.detail


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"@cert-authority {{}} {key('ca')}", "an authority for certificates"),
        (f"{{}} {key('old', 'ssh-dss')}", "'ssh-dss' is no type of key"),
        (f"{{}} {key('token', 'sk-ssh-ed25519@openssh.com')}", "'sk-ssh-ed25519@openssh.com' is no type of key"),
        (f"@later {{}} {key('x')}", "'@later' is no marker"),
    ],
)
def test_what_cannot_be_pinned_is_told_with_its_line(inventory: Inventory, path: Path, line: str, why: str) -> None:
    [said] = told(inventory, path, pair(inventory) + line.format(inventory.production.name) + "\n")
    assert said.startswith(f"{path}: line 3: {why}")


def test_other_people_s_lines_are_not_looked_into(inventory: Inventory, path: Path) -> None:
    others = (
        "other.example ssh-rsa ???\n@revoked other.example ssh-rsa ???\n|1|a|b ssh-rsa ???\n|2|new| ssh-rsa ???\nx\n"
    )
    assert told(inventory, path, others + pair(inventory)) == []


def test_a_key_of_another_type_than_it_says_is_told(inventory: Inventory, path: Path) -> None:
    data = key("ika").split()[1]
    with pytest.raises(SwapError, match=r"line 1: .* is no key of type 'ssh-rsa'"):
        keys_in(inventory, path, f"{inventory.production.address} ssh-rsa {data}\n")


def test_tabs_line_ends_and_comments_of_any_encoding_do_no_harm(inventory: Inventory, path: Path) -> None:
    lines = [f"  {host.address}\t{key(host.name)}  サーバ\r\n" for host in inventory.pair]
    path.write_bytes("".join(lines).encode("euc_jp"))
    assert [machine.keys for machine in pins_from_known_hosts(inventory, path).machines] == [
        [key("ika")],
        [key("tako")],
    ]


def test_trust_tells_what_it_pins_and_what_it_passes_over(
    inventory: Inventory, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IREKAE_INVENTORY", str(inventory.path))
    path.write_text(hashed(path, pair(inventory)) + f"@cert-authority * {key('ca')}\n")
    trust(path, yes=False)
    assert "line 3: an authority for certificates" in capsys.readouterr().out
    assert [machine.first_name for machine in load_pins(inventory).machines] == ["ika", "tako"]

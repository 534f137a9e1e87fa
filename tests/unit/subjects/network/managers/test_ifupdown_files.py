"""Is the interface defined so that its address can be exchanged: exactly what can be is let through (0.2, 5.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.items import On, find_item
from irekae.subjects.network.managers.ifupdown_files import Definition, definition, read_all
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.network.named_only import NAMED_ONLY, SETTING

IKA, TAKO = "133.30.109.21", "133.30.109.22"
WANTED = Definition("eth0", "/etc/network/interfaces", IKA, TAKO)
LO = "auto lo\niface lo inet loopback\n"
PLAIN = f"{LO}auto eth0\niface eth0 inet static\n  address {IKA}\n  netmask 255.255.255.0\n"


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(find_item("5.3"), On.PRODUCTION)


def found(host: Host, far: FarEnd, text: str, **sourced: str) -> list[str]:
    """What stands in the way, with `interfaces` and files of interfaces.d."""
    far.put("/etc/network/interfaces", text)
    for name, held in sourced.items():
        far.put(f"/etc/network/interfaces.d/{name}", held)
    files = read_all(host)
    return [str(one.what) for one in (*files.obstacles, *definition(files.stanzas, WANTED))]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(f"address {IKA}\n  netmask 255.255.255.0", f"address {IKA}/24"),
        PLAIN.replace("auto eth0", "allow-hotplug eth0"),
        PLAIN.replace("auto lo\n", "auto lo eth0\n").replace("auto eth0\n", ""),
        PLAIN + f"  gateway 133.30.109.1\n  dns-nameservers {TAKO}\n  up ip route add 10.0.0.0/8 via 133.30.109.1\n",
        PLAIN + "iface eth0 inet6 auto\n",
        PLAIN + "auto eth1\niface eth1 inet dhcp\nmapping eth1\n  script /bin/x\n",
        PLAIN + f"# iface eth0 inet manual\n#  up ip addr add {IKA}/24 dev eth0\n",
        "source /etc/network/interfaces.d/*\n" + PLAIN,
        "source-directory interfaces.d\n" + PLAIN,
    ],
)
def test_one_static_stanza_that_states_the_address_is_right(host: Host, ika: FarEnd, text: str) -> None:
    assert found(host, ika, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PLAIN.replace("static", "manual") + f"  up ip addr add {IKA}/24 dev eth0\n", "is `manual`, not `static`"),
        (PLAIN.replace("static", "dhcp"), "is `dhcp`, not `static`"),
        (PLAIN.replace("static", "ppp"), "is `ppp`, not `static`"),
        (PLAIN.replace(IKA, "133.30.109.99"), "states 133.30.109.99, not 133.30.109.21"),
        (PLAIN.replace(IKA, TAKO), "states 133.30.109.22 already"),
        (PLAIN + f"  address {TAKO}\n", "states 133.30.109.21, 133.30.109.22, not"),
        (PLAIN.replace("auto eth0\n", ""), "nothing brings eth0 up at boot"),
        (LO, "knows no `iface eth0 inet`"),
        (PLAIN + "iface eth0 inet static\n  address 10.0.0.1/8\n", "eth0 is defined 2 times"),
        (PLAIN + "mapping eth*\n  script /bin/true\n", "a mapping decides what eth0 is"),
        (PLAIN.replace("static", "inherits lan") + "", "is `inherits lan`, not `static`"),
        (PLAIN + "  inherits lan\n", "inherits from another stanza"),
        (PLAIN + "  bridge_ports eth1\n", "`bridge_ports`: no plain interface"),
        (PLAIN + "  bond-slaves eth1 eth2\n", "`bond-slaves`: no plain interface"),
        (PLAIN + "  vlan-raw-device eth1\n", "`vlan-raw-device`: no plain interface"),
        (PLAIN + "  up ip address add 133.30.109.30/24 dev eth0\n", "sets an address by itself"),
        (PLAIN + "  post-up /sbin/ifconfig eth0:1 133.30.109.30\n", "sets an address by itself"),
        (PLAIN + f"auto eth0:0\niface eth0:0 inet static\n  address {TAKO}/24\n", "eth0:0 sets it too"),
        (PLAIN + f"iface br0 inet static\n  address {IKA}/24\n", "br0 sets it too"),
        (PLAIN + f"iface lo inet6 loopback\n  up ip addr add {IKA}/32 dev lo\n", "lo sets it too"),
        ("source `ls /etc`\n" + PLAIN, "cannot be followed"),
        ("source /etc/*/more\n" + PLAIN, "cannot be followed"),
    ],
)
def test_anything_else_is_told_with_its_place(host: Host, ika: FarEnd, text: str, told: str) -> None:
    said = found(host, ika, text)
    assert [line for line in said if told in line], said


def test_what_is_sourced_counts_as_what_stands_there(host: Host, ika: FarEnd) -> None:
    main = "source /etc/network/interfaces.d/*\n" + PLAIN
    assert "eth0 is defined 2 times: /etc/network/interfaces.d/more:1, /etc/network/interfaces:5" in found(
        host, ika, main, more=f"iface eth0 inet static\n  address {IKA}\n"
    )
    assert "defined in /etc/network/interfaces.d/eth0" in "".join(
        found(host, ika, f"source interfaces.d/e*\n{LO}", eth0=PLAIN.removeprefix(LO), more="")
    )


@pytest.mark.parametrize(("name", "counts"), [("eth0", True), ("eth0.bak", False), ("eth0~", False), (".eth0", False)])
def test_of_a_source_directory_only_plain_names_count(host: Host, ika: FarEnd, name: str, counts: bool) -> None:
    text = f"source-directory interfaces.d\n{PLAIN}"
    assert bool(found(host, ika, text, **{name: "mapping eth0\n"})) is counts


def test_files_that_source_each_other_are_read_once(host: Host, ika: FarEnd) -> None:
    text = f"source /etc/network/interfaces.d/*\n{PLAIN}"
    assert found(host, ika, text, more="source /etc/network/interfaces\n") == []


def test_every_obstacle_of_a_definition_is_told_at_once(host: Host, ika: FarEnd) -> None:
    text = f"{LO}iface eth0 inet manual\n  bridge_ports eth1\n  up ip addr add {IKA}/24 dev eth0\nmapping eth0\n"
    assert len(found(host, ika, text)) == 6


FURTHER = [
    ("iface eth0 inet6 static\n  address 2001:db8::21/64\n", "eth0 gets 2001:db8::21 too", "2001:db8::21"),
    ("auto eth0:0\niface eth0:0 inet static\n  address 133.30.109.30/24\n", "eth0:0 gets", "133.30.109.30"),
    ("iface eth0:web inet static\n\taddress\t10.0.0.5\n", "eth0:web gets 10.0.0.5 too", "10.0.0.5"),
]


@pytest.mark.parametrize(("more", "told", "address"), FURTHER)
def test_a_further_address_of_the_interface_is_told_until_it_is_declared_up_or_not(
    host: Host, ika: FarEnd, more: str, told: str, address: str
) -> None:
    ika.put("/etc/network/interfaces", PLAIN + more)
    said = list(definition(read_all(host).stanzas, WANTED))
    assert [one for one in said if told in one.what and f'stays = ["{address}"]' in str(one)], said
    assert list(definition(read_all(host).stanzas, replace(WANTED, stays=(address,)))) == []


def test_a_command_that_adds_what_is_declared_to_stay_is_right_and_one_that_adds_more_is_not(
    host: Host, ika: FarEnd
) -> None:
    wanted = replace(WANTED, stays=("133.30.109.30",))
    command = "  up ip addr add {}/24 dev eth0\n"
    for address, count in (("133.30.109.30", 0), ("133.30.109.31", 1), (TAKO, 1)):
        ika.put("/etc/network/interfaces", PLAIN + command.format(address))
        assert len(list(definition(read_all(host).stanzas, wanted))) == count, address


def test_an_alias_of_another_interface_is_its_own_business(host: Host, ika: FarEnd) -> None:
    assert found(host, ika, PLAIN + "iface eth1:0 inet static\n  address 10.0.0.5/8\n") == []


@pytest.mark.parametrize("option", NAMED_ONLY)
@pytest.mark.parametrize("stanza", ["", "auto eth1\niface eth1 inet static\n  address 10.0.0.1/24\n"])
def test_what_only_names_the_other_host_is_right(host: Host, ika: FarEnd, option: str, stanza: str) -> None:
    assert found(host, ika, f"{PLAIN}{stanza}  {option.format(TAKO)}\n") == []


@pytest.mark.parametrize("option", SETTING)
@pytest.mark.parametrize("stanza", ["", "auto eth1\niface eth1 inet static\n  address 10.0.0.1/24\n"])
def test_what_sets_the_other_hosts_address_is_told(host: Host, ika: FarEnd, option: str, stanza: str) -> None:
    assert len(found(host, ika, f"{PLAIN}{stanza}  {option.format(TAKO)}\n")) == 1


def test_another_interface_must_not_set_an_ipv6_address_of_the_pair_either(host: Host, ika: FarEnd) -> None:
    wanted = replace(WANTED, six="2001:db8::21", other_six="2001:db8::22")
    own = f"{PLAIN}iface eth0 inet6 static\n  address 2001:db8::21/64\n"
    ika.put("/etc/network/interfaces", own)
    assert list(definition(read_all(host).stanzas, wanted)) == []
    for more in ("  address 2001:DB8:0::22/64\n", "  up ip -6 addr add 2001:db8::22/64 dev eth1\n"):
        ika.put("/etc/network/interfaces", f"{own}iface eth1 inet6 static\n{more}")
        (one,) = definition(read_all(host).stanzas, wanted)
        assert "eth1 sets it too" in one.what

"""Hosts on which a network manager has eth0: files and answers as on Debian 12 and 13 (ifupdown 0.8, systemd 257,
netplan 1.1, NetworkManager 1.52), the addresses exchanged for the pair's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from irekae.host.editors import interfaces, netplan
from irekae.host.editors.stanzas import stanzas
from tests.unit.farend import FarEnd

IKA, TAKO = "133.30.109.21", "133.30.109.22"
UUID = "6fb5b6dd-1df1-4a79-a1c5-9e2b4f3f4f2b"
Answer = Callable[[FarEnd, Sequence[str], bytes], "tuple[int, str] | None"]

INTERFACES = f"""\
# the card
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
\taddress {IKA}/24
\tgateway 133.30.109.1  # the room's
"""
NETWORK = f"""\
# the card
[Match]
Name=eth0

[Network]
Address={IKA}/24
; the room's
Gateway=133.30.109.1
DNS=133.30.109.50
"""
YAML = f"""\
# the card
network:
  version: 2
  renderer: networkd
  ethernets:
    eth0:
      addresses:
      - {IKA}/24   # ours
      routes: [{{to: default, via: 133.30.109.1}}]
      nameservers: {{addresses: [133.30.109.50]}}
"""
MADE_NETWORK = f"""\
[Match]
Name=eth0

[Network]
LinkLocalAddressing=ipv6
Address={IKA}/24
DNS=133.30.109.50

[Route]
Destination=0.0.0.0/0
Gateway=133.30.109.1
"""
KEYFILE = f"""\
# the card
[connection]
id=lab
uuid={UUID}
type=ethernet
interface-name=eth0

[ipv4]
method=manual
address1={IKA}/24,133.30.109.1
dns=133.30.109.50;

[ipv6]
method=auto
"""
MADE_KEYFILE = f"""\
[connection]
id=netplan-eth0
type=ethernet
interface-name=eth0

[ethernet]
wake-on-lan=0

[ipv4]
method=manual
address1={IKA}/24
dns=133.30.109.50;
route1=0.0.0.0/0,133.30.109.1

[ipv6]
method=ignore
"""
LINK = """\
# This is private data. Do not parse.
ADMIN_STATE={state}
OPER_STATE=routable
CARRIER_STATE=carrier
ADDRESS_STATE=routable
IPV4_ADDRESS_STATE=routable
IPV6_ADDRESS_STATE=degraded
ONLINE_STATE=online
REQUIRED_FOR_ONLINE=yes
NETWORK_FILE={file}
NETWORK_FILE_DROPINS=""
DNS=133.30.109.50
"""
DEVICE = f"""\
[device]
managed=true
perm-hw-addr-fake=02:00:00:00:00:21
connection-uuid={UUID}
nm-owned=false
route-metric-default-effective=100
"""


@dataclass(frozen=True)
class World:
    """A host.

    Attributes:
        manager: that has eth0.
        file: that states the address.
        files: path → text.
        answers: what a command says, where it says anything.
        leased: what in the file makes it ask for a lease: old text, new text.
    """

    manager: str
    file: str
    files: dict[str, str]
    leased: tuple[str, str]
    answers: Answer = field(default=lambda far, argv, stdin: None)

    def lay(self, far: FarEnd) -> None:
        """Make a host such a one."""
        for path, text in self.files.items():
            far.put(path, text, 0o600 if "system-connections" in path else 0o644)

        def said(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
            if argv[:2] == ["cat", "/sys/class/net/eth0/ifindex"]:
                return 0, "2\n"
            if argv[:2] == ["networkctl", "--version"]:
                return 0, "systemd 257 (257.13-1~deb13u1)\n+PAM +AUDIT\n"
            found = self.answers(far, argv, stdin)
            return (1 if argv[0] == "ifquery" else 0, "") if found is None else found

        far.commands = said


def _ifupdown(far: FarEnd, argv: Sequence[str], stdin: bytes) -> tuple[int, str] | None:
    if argv[0] != "ifquery":
        return None
    if argv[1] in ("--state", "--list"):
        return 0, "eth0=eth0\n" if argv[1] == "--state" else "lo\neth0\n"
    text = far.path(argv[2] if argv[1] == "-i" else "/etc/network/interfaces").read_bytes()
    found = [one for stanza in stanzas(text) if stanza.is_of("eth0") for one in interfaces.stated(stanza)]
    return 0, "".join(f"address: {address}/24\n" for address in found)


def _netplan(path: str, made: str) -> Answer:
    def said(far: FarEnd, argv: Sequence[str], stdin: bytes) -> tuple[int, str] | None:
        if argv[0] == "nmcli":
            return 0, f"{UUID}:{path}\n"
        if argv[0] != "sh" or "netplan generate" not in argv[2]:
            return None
        text = stdin if argv[4] else far.path("/etc/netplan/50-lab.yaml").read_bytes()
        addresses = [address for _, _, address in netplan.stated(text)]
        lease = "DHCP=ipv4\n" if b"dhcp4: true" in text and "Match" in made else ""
        fresh = made.replace(IKA, addresses[0]) if addresses else made.replace(IKA, "")
        fresh = fresh.replace("LinkLocal", f"{lease}LinkLocal")
        return 0, fresh.replace("method=manual", "method=auto", 1) if b"dhcp4: true" in text else fresh

    return said


def _nmcli(far: FarEnd, argv: Sequence[str], stdin: bytes) -> tuple[int, str] | None:
    if argv[0] != "nmcli":
        return None
    shown = f"{UUID}:/etc/NetworkManager/system-connections/lab.nmconnection\n04b5fbe0:/run/lo\\:1.nmconnection\n"
    return 0, stdin.decode() if "--offline" in argv else shown


MADE_N, MADE_K = (
    "/run/systemd/network/10-netplan-eth0.network",
    "/run/NetworkManager/system-connections/netplan-eth0.nmconnection",
)
LINKS, DEVICES = "/run/systemd/netif/links/2", "/run/NetworkManager/devices/2"
PROFILE = "/etc/NetworkManager/system-connections/lab.nmconnection"
YAML_FILE, OWN_NETWORK = "/etc/netplan/50-lab.yaml", "/etc/systemd/network/10-eth0.network"
DHCP = ("      addresses:", "      dhcp4: true\n      addresses:")

WORLDS = {
    "ifupdown": World(
        "ifupdown", "/etc/network/interfaces", {"/etc/network/interfaces": INTERFACES}, ("static", "dhcp"), _ifupdown
    ),
    "systemd-networkd": World(
        "systemd-networkd",
        OWN_NETWORK,
        {OWN_NETWORK: NETWORK, LINKS: LINK.format(state="configured", file=OWN_NETWORK)},
        ("[Network]\n", "[Network]\nDHCP=yes\n"),
    ),
    "netplan for networkd": World(
        "netplan",
        YAML_FILE,
        {
            YAML_FILE: YAML,
            MADE_N: MADE_NETWORK,
            LINKS: LINK.format(state="configured", file=MADE_N),
        },
        DHCP,
        _netplan(MADE_N, MADE_NETWORK),
    ),
    "netplan for NetworkManager": World(
        "netplan",
        YAML_FILE,
        {YAML_FILE: YAML.replace("networkd", "NetworkManager"), MADE_K: MADE_KEYFILE, DEVICES: DEVICE},
        DHCP,
        _netplan(MADE_K, MADE_KEYFILE),
    ),
    "NetworkManager": World(
        "NetworkManager", PROFILE, {PROFILE: KEYFILE, DEVICES: DEVICE}, ("method=manual", "method=auto"), _nmcli
    ),
}

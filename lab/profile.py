"""Profiles: which pair a lab is of. Everything that is one site's lies in lab/profiles/NAME, as data."""

import tomllib
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from pathlib import Path

from lab.errors import LabError

PROFILES = Path(__file__).parent / "profiles"
SHARED = PROFILES / "shared"  # what the images have in common
DEFAULT = PROFILES / "default"  # a file with the name of the profile that is meant where none is named
SYSTEMD = "systemd"


@dataclass(frozen=True)
class Machine:
    """A box of the lab, with the name and the addresses that it bears before the swap.

    Attributes:
        key: what it is called, whatever name it bears.
        group: its section of hosts.ini.
        name: its short name.
        fqdn: its full name.
        address: its IPv4 address.
        ipv6: its IPv6 address, or empty.
        third: a further IPv4 address of it, or empty.
        interface: its network interface.
        roles: folders of the image that make it, in order.
        first_work: what it does at its first boot (`/var/lib/lab-NAME.done` says that it is done), and what that is.
    """

    key: str
    group: str
    name: str
    fqdn: str
    address: str
    roles: tuple[str, ...]
    ipv6: str = ""
    third: str = ""
    interface: str = "eth0"
    first_work: tuple[tuple[str, str], ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Those that belong to its name."""
        return (self.address, self.ipv6) if self.ipv6 else (self.address,)

    @property
    def line(self) -> str:
        """Its line of hosts.ini."""
        words = {"ansible_host": self.address, "ipv6": self.ipv6, "fqdn": self.fqdn, "third": self.third}
        return " ".join([self.name, *(f"{key}={word}" for key, word in words.items() if word)])


@dataclass(frozen=True)
class Profile:
    """One pair with its neighbours.

    Attributes:
        name: of its folder.
        suite: the Debian that the hosts run.
        init: their init system, `sysvinit` or `systemd`.
        domain: where their names are.
        seat: addresses of the operator's seat in the lab's network.
        resolver: name and address of the name server that all ask before the swap.
        secrets: words that image and seat share, made up once per cache.
        machines: in the order in which they are shown.
    """

    name: str
    suite: str
    init: str
    domain: str
    seat: tuple[IPv4Interface | IPv6Interface, ...]
    resolver: tuple[str, str]
    secrets: tuple[str, ...]
    machines: tuple[Machine, ...]

    @property
    def folder(self) -> Path:
        """Where its facts lie."""
        return PROFILES / self.name

    @property
    def image(self) -> Path:
        """What its machines' layers are made of, beside what is SHARED."""
        return self.folder / "image"

    @property
    def site(self) -> Path | None:
        """Its own site.toml; None: the one where the operator stands."""
        own = self.folder / "site.toml"
        return own if own.exists() else None

    @property
    def pair(self) -> tuple[Machine, Machine]:
        """Production and standby, as they are before the swap."""
        production, standby = (self.of_group(group)[0] for group in ("production", "standby"))
        return production, standby

    @property
    def keys(self) -> str:
        """What the machines are called."""
        return ", ".join(machine.key for machine in self.machines)

    def of_group(self, group: str) -> list[Machine]:
        """The machines of a section of hosts.ini."""
        return [machine for machine in self.machines if machine.group == group]


def names() -> list[str]:
    """All profiles."""
    return sorted(path.parent.name for path in PROFILES.glob("*/profile.toml"))


def load(name: str = "") -> Profile:
    """A profile; without a name the default.

    Raises:
        LabError: there is none of that name (exit status 2).
    """
    name = name or DEFAULT.read_text().strip()
    if name not in names():
        raise LabError(f"no site {name!r} in {PROFILES}", f"there are: {', '.join(names())}", 2)
    facts = tomllib.loads((PROFILES / name / "profile.toml").read_text(encoding="utf-8"))
    return Profile(
        name,
        facts["suite"],
        facts["init"],
        facts["domain"],
        tuple(ip_interface(address) for address in facts["seat"]),
        (facts["resolver"]["name"], facts["resolver"]["address"]),
        tuple(facts["secrets"]),
        tuple(_machine(**machine) for machine in facts["machines"]),
    )


def _machine(roles: list[str], first_work: dict[str, str] | None = None, **facts: str) -> Machine:
    return Machine(roles=tuple(roles), first_work=tuple((first_work or {}).items()), **facts)

"""hosts.ini: who the hosts are, in Ansible's INI form."""

import ipaddress
import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from irekae.model.errors import SwapError, wrong_use
from irekae.model.near import meant, near

STATE = ".irekae"  # the seat's own folder
GROUPS = ("production", "standby", "backup", "outside", "resolvers")
HOST_KEYS = {
    "ansible_host",
    "ansible_port",
    "ansible_user",
    "ansible_ssh_private_key_file",
    "fqdn",
    "ipv6",
    "third",
}
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})")
_FQDN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]+")


@dataclass(frozen=True)
class HostEntry:
    """One line of hosts.ini: a name with the address that belongs to it for ever."""

    name: str
    group: str
    address: str
    fqdn: str
    port: int = 22
    user: str = ""
    key_file: str = ""
    third: str = ""
    ipv6: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that belong to the name: IPv4, and IPv6 where it has one."""
        return (self.address, *([self.ipv6] if self.ipv6 else []))

    @property
    def label(self) -> str:
        """First label of the full name (`ika-itpass`)."""
        return self.fqdn.split(".")[0]


@dataclass(frozen=True)
class Inventory:
    """All of hosts.ini.

    Attributes:
        path: where it was read from; `.irekae/` and secrets.toml lie in the same folder.
        hosts: every host by its name.
        known_hosts: a known_hosts file that the operator vouches for, or None.
        other_secrets: a secrets.toml that lies elsewhere, or None.
    """

    path: Path
    hosts: dict[str, HostEntry]
    known_hosts: Path | None = None
    _groups: dict[str, list[str]] = field(default_factory=dict)
    other_secrets: Path | None = None

    @property
    def folder(self) -> Path:
        """Where hosts.ini lies."""
        return self.path.parent

    @property
    def secrets(self) -> Path:
        """secrets.toml, which may be there."""
        return self.other_secrets or self.folder / "secrets.toml"

    @property
    def state(self) -> Path:
        """The seat's own notes: machine pins, plans, results."""
        return self.folder / STATE

    @property
    def production(self) -> HostEntry:
        """Holder of the production name and address."""
        return self.hosts[self._groups["production"][0]]

    @property
    def standby(self) -> HostEntry:
        """Holder of the standby name and address."""
        return self.hosts[self._groups["standby"][0]]

    @property
    def pair(self) -> tuple[HostEntry, HostEntry]:
        """Production and standby, in this order."""
        return self.production, self.standby

    def group(self, name: str) -> list[HostEntry]:
        """The hosts of a group, which may be empty."""
        return [self.hosts[host] for host in self._groups.get(name, [])]

    def other(self, name: str) -> HostEntry:
        """The other one of the pair."""
        return self.standby if name == self.production.name else self.production

    def named(self, name: str) -> HostEntry:
        """The host of that name or address.

        Raises:
            SwapError: hosts.ini has no such host (exit status 2).
        """
        for host in self.hosts.values():
            if name in (host.name, *host.addresses, host.fqdn):
                return host
        hint = meant(near(name, self.hosts), "see -H / --hosts")
        raise wrong_use(f"no host {name!r} in {self.path}", f"known: {', '.join(self.hosts)}", hint)


def inventory_path() -> Path:
    """hosts.ini of the environment (`IREKAE_INVENTORY`), or of the current folder."""
    return Path(os.environ.get("IREKAE_INVENTORY", "hosts.ini"))


def load_inventory(path: Path | None = None) -> Inventory:
    """Read hosts.ini.

    Args:
        path: the file; by default what `inventory_path` says.

    Raises:
        SwapError: the file, section and key that are wrong, and what was expected (exit status 2).
    """
    path = (path or inventory_path()).absolute()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise wrong_use(
            f"{path} cannot be read", str(error), "set IREKAE_INVENTORY or stand where hosts.ini is"
        ) from None
    return inventory_of(path, text)


def inventory_of(path: Path, text: str) -> Inventory:
    """What a text says that is, or would be, hosts.ini at a path; errors as in `load_inventory`."""
    sections = _sections(path, text)
    common = sections.pop("all:vars", {}).get("", {})
    hosts: dict[str, HostEntry] = {}
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for group, lines in sections.items():
        for name, values in lines.items():
            entry = _entry(path, group, name, {**common, **values})
            _refuse_twins(path, entry, hosts)
            hosts[name] = entry
            groups[group].append(name)
    for group in ("production", "standby"):
        if len(groups[group]) != 1:
            raise _bad(path, group, "", f"exactly one host belongs here, found {len(groups[group])}")
    _want_alike(path, [hosts[name] for group in ("production", "standby") for name in groups[group]])
    known = common.get("known_hosts")
    return Inventory(path, hosts, path.parent / known if known else None, groups)


def _sections(path: Path, text: str) -> dict[str, dict[str, dict[str, str]]]:
    sections: dict[str, dict[str, dict[str, str]]] = {}
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
            if section not in (*GROUPS, "all:vars"):
                raise _bad(path, section, "", f"unknown section (line {number}); known: {', '.join(GROUPS)}, all:vars")
            sections.setdefault(section, {})
            continue
        if not section:
            raise _bad(path, "", "", f"line {number} stands before the first [section]")
        name, values = _words(path, section, line, number)
        if name and name in sections[section]:
            raise _bad(path, section, name, f"stands here twice (line {number})")
        sections[section].setdefault(name, {}).update(values)
    return sections


def _words(path: Path, section: str, line: str, number: int) -> tuple[str, dict[str, str]]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        raise _bad(path, section, "", f"line {number}: {error}") from None
    if section == "all:vars":
        line_words = " ".join(words)
        key, equals, value = line_words.partition("=")
        words = [f"{key.strip()}={value.strip()}"] if equals else words
        name = ""
    else:
        name, words = words[0], words[1:]
        if not _NAME.fullmatch(name):
            raise _bad(path, section, name, f"not a host name (line {number}); letters, digits and hyphens")
    values = {}
    known = HOST_KEYS | {"known_hosts"} if section == "all:vars" else HOST_KEYS
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise _bad(path, section, name or word, f"name=value was expected (line {number}), found {word!r}")
        if key not in known:
            raise _bad(path, section, key, f"unknown key (line {number}); known: {', '.join(sorted(known))}")
        values[key] = value
    return name, values


def _entry(path: Path, group: str, name: str, values: dict[str, str]) -> HostEntry:
    address = values.get("ansible_host", "")
    for key in ("ansible_host", "third"):
        if (key == "ansible_host" or key in values) and not is_ipv4(values.get(key, "")):
            raise _bad(path, group, f"{name} {key}", f"an IPv4 address was expected, found {values.get(key, '')!r}")
    six = _six(values.get("ipv6", ""))
    if "ipv6" in values and not six:
        what = f"an IPv6 address that others can reach was expected, found {values['ipv6']!r}"
        raise _bad(path, group, f"{name} ipv6", what)
    fqdn = values.get("fqdn", "")
    if group in ("production", "standby") and not _FQDN.fullmatch(fqdn):
        raise _bad(path, group, f"{name} fqdn", f"a full host name was expected, found {fqdn!r}")
    port = values.get("ansible_port", "22")
    if not is_port(port):
        raise _bad(path, group, f"{name} ansible_port", f"a port was expected, found {port!r}")
    key_file = values.get("ansible_ssh_private_key_file", "")
    if key_file:
        key_file = str(path.parent / Path(key_file).expanduser())
    user, third = values.get("ansible_user", ""), values.get("third", "")
    return HostEntry(name, group, address, fqdn or name, int(port), user, key_file, third, six)


def _refuse_twins(path: Path, entry: HostEntry, hosts: dict[str, HostEntry]) -> None:
    twin = hosts.get(entry.name)
    if twin:
        raise _bad(path, entry.group, entry.name, f"is also in [{twin.group}]; a host has one place")
    for other in hosts.values():
        # The campus resolver may well be the computer that serves as `outside`.
        if "resolvers" in (other.group, entry.group):
            continue
        for key, ours in (("ansible_host", entry.address), ("third", entry.third), ("ipv6", entry.ipv6)):
            if ours and ours in (other.address, other.third, other.ipv6):
                raise _bad(path, entry.group, f"{entry.name} {key}", f"{other.name} has the same address {ours}")
        if entry.fqdn == other.fqdn:
            raise _bad(path, entry.group, f"{entry.name} fqdn", f"{other.name} has the same full name {entry.fqdn}")


def is_host_name(text: str) -> bool:
    """Can it be a host's name here, and the first label of a full one."""
    return bool(_NAME.fullmatch(text)) and not text.endswith("-")


def is_port(text: str) -> bool:
    """Is it the number of one, in decimal."""
    return text.isdecimal() and 0 < int(text) < 65536


def is_ipv4(text: str) -> bool:
    """Is it an address with four numbers."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _six(text: str) -> str:
    """An IPv6 address as everybody spells it; "" where it is none, or one that is of its link or its host alone."""
    try:
        found = ipaddress.IPv6Address(text)
    except ValueError:
        return ""
    alone = found.is_link_local or found.is_loopback or found.is_multicast or found.is_unspecified
    return "" if alone or found.scope_id else str(found)


def _want_alike(path: Path, pair: list[HostEntry]) -> None:
    """Both of the pair have IPv6, or neither: addresses change places."""
    for here, there in (pair, pair[::-1]):
        if here.ipv6 and not there.ipv6:
            what = f"expected, since {here.name} has one: addresses change places"
            raise _bad(path, there.group, f"{there.name} ipv6", what)


def _bad(path: Path, section: str, key: str, what: str) -> SwapError:
    where = f"{path}: [{section}]" + (f" {key}" if key else "")
    return wrong_use(f"{where}: {what}", hint="correct the file and call again")

"""Machine and name are two things: a machine is known by its SSH host keys, whatever it is called just now."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from irekae.model import seat_files
from irekae.model.errors import Status, SwapError, again, wrong_use
from irekae.model.typed import decoded
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.known_hosts import keys_of, read_known_hosts, want_keys

TRUST = "run `fab trust` and compare the fingerprints"


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box, pinned.

    Attributes:
        first_name: the name it bore when it was pinned.
        keys: its SSH host keys, as "type base64".
        machine_id: contents of /etc/machine-id, or "" until it was first asked.
    """

    first_name: str
    keys: list[str]
    machine_id: str = ""


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every machine that this seat knows."""

    machines: list[Machine]

    def first_named(self, name: str) -> Machine | None:
        """The machine that bore the name when it was pinned."""
        return next((machine for machine in self.machines if machine.first_name == name), None)


def fingerprint(key: str) -> str:
    """SHA256 fingerprint of "type base64", as ssh-keygen -l prints it (RFC 4648 without padding)."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def pins_path(inventory: Inventory) -> Path:
    """Where the pins are kept at this seat."""
    return inventory.state / "machines.json"


def journal_path(inventory: Inventory, machine: Machine) -> Path:
    """Where this seat keeps what it has read of a machine's journal."""
    return inventory.state / "journals" / f"{hashlib.sha256(machine.keys[0].encode()).hexdigest()[:16]}.jsonl"


def load_pins(inventory: Inventory) -> Pins:
    """The pins of this seat; at first taken from the known_hosts that hosts.ini names.

    Raises:
        SwapError: nothing is pinned and no known_hosts is vouched for, or a file is broken.
    """
    path = pins_path(inventory)
    if path.exists():
        try:
            return decoded(path.read_bytes(), Pins)
        except msgspec.DecodeError as error:
            raise wrong_use(f"{path} is broken", str(error), "remove it and run `fab trust` again") from None
    if inventory.known_hosts is None:
        raise SwapError(
            "no machine is pinned yet",
            f"{path} does not exist and hosts.ini names no known_hosts",
            TRUST,
            Status.REFUSED,
        )
    pins = pins_from_known_hosts(inventory, inventory.known_hosts)
    save_pins(inventory, pins)
    return pins


def save_pins(inventory: Inventory, pins: Pins) -> None:
    """Keep the pins, replacing the file in one step."""
    seat_files.write_json(pins_path(inventory), pins)


def pins_from_known_hosts(
    inventory: Inventory, path: Path, tell: Callable[[str], object] | None = None, instead: str = TRUST
) -> Pins:
    """The keys that a known_hosts file has for the hosts of hosts.ini.

    Args:
        inventory: whose hosts are looked up, by address, name and full name.
        path: the file.
        tell: is given a sentence for each line that is for a host and does not count (@revoked, @cert-authority …).
        instead: what to do where it lacks production or standby.

    Raises:
        SwapError: the file cannot be read, a key in it neither, or it lacks production or standby.
    """
    lines = read_known_hosts(path)
    hosts = [host for host in inventory.hosts.values() if host.group != "resolvers"]
    found = {host.name: keys_of(lines, (host.address, host.name, host.fqdn), host.port) for host in hosts}
    want_keys(path, found, {host.name: f"{host.address}:{host.port}" for host in inventory.pair}, instead)
    if tell:
        for said in dict.fromkeys(line for one in found.values() for line in one.passed_over):
            tell(said)
    pins = Pins([Machine(name, one.keys) for name, one in found.items() if one.keys])
    want_apart(inventory, pins, path)
    return pins


def want_apart(inventory: Inventory, pins: Pins, known_hosts: Path | None = None) -> None:
    """The pair must have no host key in common, or nobody can tell which of them answers.

    Args:
        inventory: names the pair.
        pins: what is known of it.
        known_hosts: the file that says so; None: the hosts themselves do.

    Raises:
        SwapError: they have: clones of one image, or a line of the file that is older than the last swap.
    """
    production, standby = (pins.first_named(entry.name) for entry in inventory.pair)
    if production and standby and set(production.keys) & set(standby.keys):
        common = "\n".join(f"{key.split()[0]} {fingerprint(key)}" for key in production.keys if key in standby.keys)
        if known_hosts:
            raise SwapError(
                f"{production.first_name} and {standby.first_name} have the same host key in {known_hosts}",
                common,
                f"a line from before an earlier swap? On each host's console `ssh-keygen -lf "
                f"/etc/ssh/ssh_host_ed25519_key.pub` shows its own; remove the line that is wrong from {known_hosts}",
                Status.REFUSED,
            )
        raise SwapError(
            f"{production.first_name} and {standby.first_name} have the same host key",
            common,
            hint=f"on one of them: rm /etc/ssh/ssh_host_*, ssh-keygen -A, restart sshd; then {again()}",
            status=Status.REFUSED,
        )


def may_answer(inventory: Inventory, pins: Pins, host: HostEntry) -> list[Machine]:
    """The pinned machines that may answer at the address of a name: for the pair, either of the two."""
    names = [entry.name for entry in inventory.pair] if host in inventory.pair else [host.name]
    return [machine for name in names if (machine := pins.first_named(name))]


def known_hosts_text(inventory: Inventory, pins: Pins) -> str:
    """A known_hosts file for OpenSSH in which each address has the keys of the machines that may answer there."""
    lines = []
    for host in inventory.hosts.values():
        where = host.address if host.port == 22 else f"[{host.address}]:{host.port}"
        for machine in may_answer(inventory, pins, host):
            lines += [f"{where} {key}" for key in machine.keys]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))

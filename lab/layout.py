"""Where a lab keeps what."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.profile import Machine, Profile, load

STATE = Path("/var/lib/irekae-lab")
CACHE = Path("/var/cache/irekae-lab")


@dataclass(frozen=True)
class Lab:
    """One lab: its name, the pair that it is of, and the places that belong to it."""

    name: str
    profile: Profile

    @property
    def state(self) -> Path:
        """Folder that goes away with `lab down`."""
        return STATE / self.name

    @property
    def site_file(self) -> Path:
        """File that keeps the profile's name."""
        return _site_file(self.name)

    @property
    def seat(self) -> Path:
        """The operator's inventory, known_hosts, key and secrets."""
        return self.state / "seat"

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot."""
        return self.state / "snapshots"

    @property
    def containers(self) -> Path:
        """LXC's folder (its -P)."""
        return self.state / "lxc"

    @property
    def netns(self) -> str:
        """Name of the network namespace that holds all of the lab's traffic."""
        return f"irekae-{self.name}"

    @property
    def netns_path(self) -> Path:
        """The namespace as a file, while it exists."""
        return Path("/run/netns") / self.netns

    def host(self, machine: Machine) -> "HostFolder":
        """Where this lab keeps one machine."""
        return HostFolder(self, machine)

    def inside(self, *argv: str) -> list[str]:
        """`argv`, to be run in the lab's network (in no other way apart from the machine)."""
        return ["nsenter", f"--net={self.netns_path}", "--", *argv]


@dataclass(frozen=True)
class HostFolder:
    """Places of one machine in one lab."""

    lab: Lab
    machine: Machine

    @property
    def folder(self) -> Path:
        """Everything of the machine."""
        return self.lab.state / "hosts" / self.machine.key

    @property
    def disk(self) -> Path:
        """Mount point of the machine's own disk: what it wrote since `lab reset`."""
        return self.folder / "disk"

    @property
    def upper(self) -> Path:
        """Upper layer of the root file system, on `disk`."""
        return self.disk / "upper"

    @property
    def rootfs(self) -> Path:
        """The root file system, mounted; may be looked at and changed from outside, also while the host is off."""
        return self.folder / "rootfs"

    @property
    def pristine(self) -> Path:
        """Layer between role and disk: the seat's key and the trees of --overlay."""
        return self.folder / "pristine"

    @property
    def lowers(self) -> Path:
        """File that lists the layers below the disk, topmost first."""
        return self.folder / "lowers"

    @property
    def overlays(self) -> Path:
        """File that lists the trees of --overlay that `pristine` was made with."""
        return self.folder / "overlays"

    @property
    def unplugged(self) -> Path:
        """Exists while the machine's network cable is cut."""
        return self.folder / "unplugged"

    @property
    def container(self) -> str:
        """Name of the LXC container."""
        return f"{self.lab.name}-{self.machine.key}"

    @property
    def cable(self) -> str:
        """Bridge end of the machine's network cable."""
        return f"ve-{self.machine.key}"


def _site_file(name: str) -> Path:
    return STATE / name / "site"


def current_lab() -> Lab:
    """The lab that the environment's LAB names (default `lab`), of the pair that it was made of.

    Where there is none yet: of the environment's SITE, else of the default pair.
    """
    name = os.environ.get("LAB") or "lab"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name):
        raise LabError(f"LAB={name!r} is no name for a lab", "small letters, digits and hyphens, at most 20", 2)
    kept = _site_file(name)
    return Lab(name, load(kept.read_text().strip() if kept.exists() else wanted_site()))


def wanted_site() -> str:
    """The pair that the environment's SITE names, or empty."""
    return os.environ.get("SITE", "")

"""What the next boot would do otherwise than what runs now, whatever was recorded: mounts and interfaces."""

from __future__ import annotations

from typing import Any

from verify.far.system import said

BY_HAND = {"noauto", "x-systemd.automount", "nofail"}
NO_PLACE = {"swap", "none"}


def next_boot(interface: str) -> dict[str, Any]:
    """`fstab`, what would be mounted and is not; `interfaces`, what ifupdown brings up; `interface` as asked for.

    Args:
        interface: of which it must know something; else another is in charge of the network, and `interfaces` is None.
    """
    in_charge = bool(said("ifquery", interface))
    brought_up = [*said("ifquery", "--list"), *said("ifquery", "--list", "--allow", "hotplug")] if in_charge else None
    return {
        "interface": interface,
        "fstab": unmounted(lines("/etc/fstab"), lines("/proc/self/mounts")),
        "interfaces": brought_up,
    }


def lines(path: str) -> list[str]:
    """The lines of a file; none where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as stream:
            return stream.read().splitlines()
    except OSError:
        return []


def unmounted(fstab: list[str], mounts: list[str]) -> list[str]:
    """Lines of fstab(5) that a boot follows and of which nothing is mounted."""
    mounted = {(line.split()[1], line.split()[2]) for line in mounts if len(line.split()) > 2}
    found = []
    for line in fstab:
        words = line.split()
        if line.lstrip().startswith("#") or len(words) < 3 or words[1] in NO_PLACE or words[2] == "swap":
            continue
        options = set(words[3].split(",")) if len(words) > 3 else set()
        place = words[1].rstrip("/") or "/"
        kinds = {kind for path, kind in mounted if path == place}
        if not options & BY_HAND and not (
            kinds and (words[2] == "auto" or "bind" in options or is_of(words[2], kinds))
        ):
            found.append(" ".join(words[:4]))
    return found


def is_of(kind: str, kinds: set[str]) -> bool:
    """Whether one of the file systems at a place is of this kind; ext4 mounts ext3's, nfs may be nfs4."""
    return any(kind in found or found in kind or kind[:3] == found[:3] for found in kinds) or "overlay" in kinds

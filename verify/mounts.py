"""Which file systems have to be written to, and what fstab(5) says of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

WRITTEN = ("/", "/etc", "/root", "/tmp", "/var", "/var/log", "/var/mail", "/var/spool", "/var/tmp", "/var/lib")
"""Where daemons and people write on any host (FHS)."""


def mounts_of(mounts: Iterable[str], paths: Iterable[str]) -> set[str]:
    """The mount points on which the paths lie."""
    known = list(mounts)
    return {max((one for one in known if _lies_on(path, one)), key=len, default="/") for path in paths}


def _lies_on(path: str, mount: str) -> bool:
    return path == mount or path.startswith(f"{mount.rstrip('/')}/")


def fstab_options(text: str) -> dict[str, set[str]]:
    """Mount point → its options; `rw`, the default, always stands among those of one that is not `ro`."""
    found = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) >= 3 and words[1].startswith("/"):
            options = set((words[3] if len(words) > 3 else "defaults").split(","))
            kind_is_ro = words[2] in ("iso9660", "udf", "squashfs", "udf,iso9660")
            found[words[1].replace("\\040", " ")] = options if options & {"ro"} or kind_is_ro else options | {"rw"}
    return found

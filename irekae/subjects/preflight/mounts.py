"""What is mounted where on a host (proc(5), mountinfo)."""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from irekae.host.host import Host
from irekae.site.site import Tree
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.subjects.trees.rsync_command import is_left_alone, left_alone
from irekae.swap.swap import Swap

ROOM = 16 << 20  # bytes


@dataclass(frozen=True)
class Mount:
    """A mounted file system."""

    where: str
    kind: str
    read_only: bool


def table(host: Host) -> list[Mount]:
    """Everything that is mounted, in the order of mounting."""
    return parse(host.query("cat", "/proc/self/mounts").text)


def parse(text: str) -> list[Mount]:
    """The lines of /proc/self/mounts; blanks and backslashes in a path stand there as octal numbers."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 4:
            where = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
            found.append(Mount(where, fields[2], "ro" in fields[3].split(",")))
    return found


def of(found: Sequence[Mount], path: str) -> Mount | None:
    """The mount that holds a path: the longest, and of those the last."""
    holding = [mount for mount in found if path == mount.where or path.startswith(mount.where.rstrip("/") + "/")]
    return max(reversed(holding), key=lambda mount: len(mount.where), default=None)


@each_host
def below(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """A file system mounted below a tree that is copied is left out by rsync (-x): declared, or not there.

    So is a subvolume (btrfs, bcachefs), which has a device of its own and stands in no table of mounts.
    """
    mounted = table(host)
    for tree in swap.site.all_trees:
        kinds = {mount.where: mount.kind for mount in mounted if mount.where.startswith(f"{tree.path}/")}
        inside = host.link.ask("other_devices", path=tree.path, excludes=left_alone(tree))
        for where in sorted({*kinds, *(f"{tree.path}/{name}" for name in inside)}):
            inner = where.removeprefix(tree.path)
            if not is_left_alone(tree, inner):
                yield _is_elsewhere(tree, where, inner, kinds.get(where, ""))


def _is_elsewhere(tree: Tree, where: str, inner: str, kind: str) -> Obstacle:
    # Excludes of site.toml name what lies directly below a tree.
    entry = f"/{inner.split('/')[1]}"
    stays = f'leave {tree.path}{entry} out, {tree.table} excludes: "{entry}", and copy by hand what of it is wanted'
    if kind:
        return Obstacle(
            f"{where} is a file system of its own ({kind}) below {tree.path}: {tree.item} does not copy it",
            f"`umount {where}` if it may go, else {stays}",
        )
    shown, old = shlex.quote(where), shlex.quote(f"{where}.old")
    return Obstacle(
        f"{where} is a subvolume of its own below {tree.path}, mounted nowhere: {tree.item} does not copy it",
        f"make it a plain folder while nothing writes there: `mv {shown} {old} && cp -a --reflink=auto {old} {shown}`, "
        f"then `btrfs subvolume delete {old}`; or {stays}",
    )


@each_host
def room(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Room for what is kept before it is changed, and for what is written in /etc."""
    for path in ("/etc", "/var/lib", "/run"):
        free = host.link.ask("space", path=path)["free"]
        if free < ROOM:
            yield Obstacle(
                f"{path}: {free >> 20} MiB are free, {ROOM >> 20} are needed", f"make room there: `df -h {path}`"
            )

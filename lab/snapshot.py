"""Keeping the hosts' disks as a power cut would leave them, and booting from what was kept."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from lab import container, seat, world
from lab.errors import LabError
from lab.layout import HostFolder, Lab
from lab.shell import at_once, run, step

# Overlay keeps its marks in trusted.* attributes and in character devices 0/0; nanoseconds need the pax format.
SPLIT = 23  # qmail's conf-split: folders of a part of its queue
_TAR = ("tar", "--format=posix", "--xattrs", "--xattrs-include=*", "--acls", "--numeric-owner", "--sparse")


def _place(lab: Lab, name: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", name):
        raise LabError(f"{name!r} is no name for a snapshot", "letters, digits, . _ -", 2)
    return lab.snapshots / name


def take(lab: Lab, name: str) -> None:
    """Freeze all hosts at one moment, copy their disks, let them go on."""
    world.require_made(lab)
    place = _place(lab, name)
    partial = lab.snapshots / ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    running = [host for host in world.hosts(lab) if container.is_on(host)]
    with step(f"snapshot {name}"):
        try:
            at_once(running, container.freeze)
            at_once(world.hosts(lab), lambda host: _pack(host, partial))
        finally:
            at_once(running, container.thaw)
        if (lab.seat / ".irekae").exists():
            shutil.copytree(lab.seat / ".irekae", partial / ".irekae", symlinks=True)
        shutil.rmtree(place, ignore_errors=True)
        partial.rename(place)


def _pack(host: HostFolder, place: Path) -> None:
    shutil.copy2(host.lowers, place / f"{host.machine.key}.lowers")
    run(*_TAR, "-C", str(host.upper), "-cf", str(place / f"{host.machine.key}.tar"), ".")


def restore(lab: Lab, name: str, which: Sequence[HostFolder]) -> None:
    """Throw the hosts' disks away, take the snapshot's, boot; the seat remembers what it did then."""
    place = _place(lab, name)
    if not place.is_dir():
        known = ", ".join(sorted(p.name for p in lab.snapshots.glob("[!.]*"))) or "none"
        raise LabError(f"no snapshot {name}", f"there are: {known}", 2)
    world.take_disks_out(lab, which)
    with step(f"disks of {name}"):
        at_once(which, lambda host: _unpack(host, place))
    seat.forget_run(lab)
    if (place / ".irekae").exists():
        shutil.copytree(place / ".irekae", lab.seat / ".irekae", symlinks=True)
    world.boot(which)


def _unpack(host: HostFolder, place: Path) -> None:
    container.insert_disk(host)
    shutil.copy2(place / f"{host.machine.key}.lowers", host.lowers)
    run(*_TAR, "--same-permissions", "-C", str(host.upper), "-xf", str(place / f"{host.machine.key}.tar"))
    container.mount_root(host)
    _renumber(host.rootfs / "var/qmail/queue")


def _renumber(queue: Path) -> None:
    """Call the messages of a mail queue by the inodes that they have now.

    tar keeps no inode numbers, and qmail's files are called by them: a new message may get the inode that an old one is
    called by, and is then refused. After a real restore `queue-fix` does the same.
    """
    numbers = {file.name: str(file.stat().st_ino) for file in queue.glob("mess/*/*")}
    moved: list[tuple[Path, Path]] = []
    for file in [*queue.glob("*/*/*"), *queue.glob("*/*")]:
        if file.is_file() and file.name in numbers and file.parent.name not in ("lock", "pid"):
            new = numbers[file.name]
            split = file.parent.name.isdigit()
            folder = file.parent.with_name(str(int(new) % SPLIT)) if split else file.parent
            aside = file.with_name(f"{file.name}.old")
            file.rename(aside)
            moved.append((aside, folder / new))
    for aside, place in moved:
        aside.rename(place)

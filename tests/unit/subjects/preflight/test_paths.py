"""Files that an item will replace: each a file of its own, on a file system that lets it (0.2)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import paths
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ROOT = "/dev/sda1 / ext4 {} 0 0\n"


def found(swap: Swap, far: FarEnd, mounted: str = "", flags: str = "", root: str = "rw") -> list[Obstacle]:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, {"cat": ROOT.format(root) + mounted, "lsattr": flags}.get(argv[0], "")

    far.commands = answer
    return list(paths.replaceable(swap.for_pair(find_item("0.2"))))


def test_plain_files_are_right(swap: Swap, ika: FarEnd) -> None:
    for path in paths.written(swap.site):
        ika.put(path, "x\n")
    flags = "--------------e------- /etc/motd\n--------------e------- /etc\nlsattr: Operation not supported\n"
    assert found(swap, ika, flags=flags) == []


@pytest.mark.parametrize(
    "path", ["/etc/motd", "/etc/resolv.conf", "/etc/hosts", "/var/qmail/control/me", "/etc/shadow"]
)
def test_a_symbolic_link_is_told_with_what_it_leads_to(swap: Swap, ika: FarEnd, path: str) -> None:
    target = ika.put("/run/target", "x\n")
    ika.put(path, "x\n").unlink()
    ika.path(path).symlink_to(os.path.relpath(target, ika.path(path).parent))
    (one,) = found(swap, ika)
    assert one.where == "ika"
    assert one.what.startswith(f"{path} is a symbolic link to /run/target")
    assert f" {path}`" in one.remedy


def test_a_folder_in_its_place_is_told(swap: Swap, ika: FarEnd) -> None:
    ika.path("/etc/motd").mkdir()
    assert [one.what for one in found(swap, ika)] == ["/etc/motd is no regular file"]


@pytest.mark.parametrize(
    ("flags", "told"), [("----i---------e-------", "immutable"), ("-----a--------e-------", "append-only")]
)
@pytest.mark.parametrize("path", ["/etc/motd", "/etc"])
def test_what_even_root_cannot_change_is_told(swap: Swap, ika: FarEnd, flags: str, told: str, path: str) -> None:
    ika.put("/etc/motd", "x\n")
    (one,) = found(swap, ika, flags=f"{flags} {path}\n")
    assert one.what == f"{path} is {told}"
    assert one.remedy.startswith("`chattr -")


def test_a_file_that_is_a_mount_cannot_be_replaced(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/resolv.conf", "x\n")
    assert [one.what for one in found(swap, ika, "tmpfs /etc/resolv.conf tmpfs rw 0 0\n")] == [
        "/etc/resolv.conf is a mount by itself: it cannot be replaced"
    ]


def test_a_read_only_file_system_is_told_for_each_file(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "x\n")
    ika.put("/var/qmail/control/me", "x\n")
    assert [one.what for one in found(swap, ika, "/dev/sdb1 /var ext4 ro,relatime 0 0\n")] == [
        "/var/qmail/control/me is on a read-only file system (/var)"
    ]
    assert len(found(swap, ika, root="ro")) == 2

"""What is mounted where (0.2): below a tree that is copied, and read-only."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.trees import Tree
from irekae.subjects.preflight import mounts
from irekae.subjects.trees.rsync_command import is_left_alone
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ROOT = "/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0\n"


def mounted(*lines: str) -> str:
    return ROOT + "".join(f"{line} 0 0\n" for line in lines)


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


def on(far: FarEnd, *lines: str) -> None:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, mounted(*lines) if argv[0] == "cat" else ""

    far.commands = answer


def test_the_longest_and_last_mount_holds_a_path() -> None:
    found = mounts.parse(mounted("/dev/sdb1 /home xfs ro", "tmpfs /home tmpfs rw", "/dev/sdc1 /homes ext4 rw"))
    held = {path: mounts.of(found, path) for path in ("/home/asada", "/home", "/homes/x", "/etc/motd")}
    assert {path: mount and (mount.where, mount.kind) for path, mount in held.items()} == {
        "/home/asada": ("/home", "tmpfs"),
        "/home": ("/home", "tmpfs"),
        "/homes/x": ("/homes", "ext4"),
        "/etc/motd": ("/", "ext4"),
    }
    assert mounts.parse(r"none /home/a\040b\134 tmpfs rw 0 0")[0].where == "/home/a b\\"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("/home/asada", True),
        ("/home/a/b", True),
        ("/home/gate", False),  # excluded, as is what lies below
        ("/home/gate/data", False),
        ("/home/chikuwa3", False),  # by a pattern, as the copy reads it
        ("/home/chikuwa3/data", False),
        ("/home/gatekeeper", True),
        ("/home", False),
        ("/homes/x", False),
    ],
)
def test_a_mount_below_home_is_declared_or_told(pair: Swap, ika: FarEnd, tako: FarEnd, where: str, told: bool) -> None:
    on(ika, f"tmpfs {where} tmpfs rw")
    on(tako)
    assert [one.where for one in mounts.below(pair)] == (["ika"] if told else [])


@pytest.mark.parametrize(("inside", "told"), [([], []), (["gate"], []), (["gate/data"], []), (["asada/v m"], ["tako"])])
def test_a_subvolume_that_no_table_names_is_told_too(
    pair: Swap, ika: FarEnd, tako: FarEnd, inside: list[str], told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on(ika)
    on(tako)
    monkeypatch.setattr(tako, "_other_devices", lambda **_: inside, raising=False)
    found = list(mounts.below(pair))
    assert [one.where for one in found] == told
    assert all("`mv '/home/asada/v m' '/home/asada/v m.old' && cp -a" in one.remedy for one in found)


def test_what_stands_in_the_table_is_told_once_with_its_kind(
    pair: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(ika, "/dev/sdb1 /home/asada btrfs rw")
    on(tako)
    monkeypatch.setattr(ika, "_other_devices", lambda **_: ["asada"], raising=False)
    [one] = mounts.below(pair)
    assert one.what.startswith("/home/asada is a file system of its own (btrfs)")


def test_the_remedy_names_what_site_toml_takes_and_that_ends_it(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    on(ika, "tmpfs /home/gate2/a/b tmpfs rw")
    on(tako)
    [one] = mounts.below(pair)
    assert 'excludes: "/gate2"' in one.remedy
    assert is_left_alone(Tree("/home", excludes=["/gate2"]), "/gate2/a/b")

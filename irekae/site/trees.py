"""[home], [[trees]] and [[trees_left]] of site.toml: the data that goes over to the new production, and what stays."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated

import msgspec

from irekae.site.kinds import Entry, Path_, TreePath, Word

# Folders of the system's own: what lies in them is the machine's, not the name's.
SYSTEM = (
    "/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/media", "/mnt", "/proc", "/root",
    "/run", "/sbin", "/sys", "/tmp", "/usr", "/var", "/var/lib", "/var/spool", "/var/log", "/var/cache", "/var/run",
    "/var/tmp", "/var/lock",
)  # fmt: skip
# Below these nothing is data, at any depth.
NEVER_BELOW = (
    "/bin", "/boot", "/dev", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr/bin",
    "/usr/lib", "/usr/sbin", "/usr/share", "/var/run", "/var/lib/dpkg", "/var/lib/apt", "/etc/ssh", "/etc/network",
    "/etc/systemd", "/root/.ssh",
)  # fmt: skip

SAFE_RSYNC = "3.5.0"  # the oldest that no user leads astray

Count = Annotated[int, msgspec.Meta(ge=0)]


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[trees]]: a folder with data that is copied from production to the standby (3.5).

    excludes: entries directly below that are left alone, `*` and `?` for others; max_delete: files that the copy may
    delete in each entry; may_delete: entry = how many, where more was looked at; checksum: files are compared by
    contents, not by size and time; stopped: services that must not run on either host meanwhile; rsync: the oldest
    version that may copy.
    """

    path: TreePath
    excludes: list[Entry] = []
    max_delete: Count = 200
    may_delete: dict[str, Count] = {}
    checksum: bool = False
    stopped: list[Word] = []
    rsync: Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)*$")] = SAFE_RSYNC

    def __post_init__(self) -> None:
        """An entry is left alone whatever it is: a slash at the end, which rsync alone heeds, says nothing more."""
        msgspec.structs.force_setattr(self, "excludes", [rule.rstrip("/") for rule in self.excludes])

    @property
    def table(self) -> str:
        """Where it stands in site.toml."""
        return f'[[trees]] "{self.path}"'

    @property
    def item(self) -> str:
        """The item that copies it."""
        return "3.5"

    @property
    def command(self) -> str:
        """That item's command."""
        return "fab phase3.trees"


class Home(Tree, frozen=True, kw_only=True):
    """[home]: the tree with the users' homes, and their mail in it (3.1)."""

    @property
    def table(self) -> str:
        """Where it stands in site.toml."""
        return "[home]"

    @property
    def item(self) -> str:
        """The item that copies it."""
        return "3.1"

    @property
    def command(self) -> str:
        """That item's command."""
        return "fab phase3.home"


class TreeLeft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[trees_left]]: data on production that stays on the old machine, and why (0.2 asks, the report tells)."""

    path: Path_
    why: Annotated[str, msgspec.Meta(min_length=3)]


def holds(folder: str, path: str) -> bool:
    """Is a path the folder itself, or below it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def is_system_folder(path: str) -> bool:
    """Does a path belong to the machine itself: never copied as a whole from one machine onto another."""
    plain = path.rstrip("/") or "/"
    return plain in SYSTEM or any(holds(folder, plain) for folder in NEVER_BELOW)


def wrong(trees: Sequence[Tree], state: str, services: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the trees of a site: where it stands, and why.

    Args:
        trees: all of them, [home] too.
        state: irekae's folder on the hosts.
        services: names of [services].
    """
    for tree in trees:
        if is_system_folder(tree.path):
            yield f"{tree.table} path", f"{tree.path} is the system's own: name the folders with data in it"
        if holds(tree.path, state) or holds(state, tree.path):
            yield f"{tree.table} path", f"irekae's own folder ([site] state = {state}) would be copied with it"
        for name in tree.stopped:
            if name not in services:
                yield f"{tree.table} stopped", f"no service {name!r} in [services]"
    for one, other in combinations(trees, 2):
        if holds(one.path, other.path) or holds(other.path, one.path):
            yield f"{other.table} path", f"{one.path} of {one.table} and {other.path} contain one another"

"""The one rsync command of the copies of data trees: production's pushes through the standby's door (0.4 to 4.1)."""

import shlex
from fnmatch import fnmatchcase

from irekae.site.site import Tree
from irekae.subjects.trees.rsync_listing import pattern_of
from irekae.swap.swap import Swap

RSYNC = "/usr/bin/rsync"
# rsync(1), EXIT VALUES. 24: files vanished while they were copied; 4.1 looks whether anything is left.
VANISHED = 24
GOOD = (0, VANISHED)
# What the copy replaces or deletes on the receiver is kept here, in the tree itself, for an exact undo.
REPLACED = ".irekae-replaced"
# What somebody made of the copy since is kept here when the copy is taken back. It is others' work: it stays there.
EDITED = ".irekae-edited"
OURS = (f"/{REPLACED}", f"/{EDITED}")  # no copy and no comparison goes into them
# A standby that is gone without a word (power, cable) ends what waits for it: after so many seconds, so often.
_ALIVE = ("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=8")
# Linux takes paths of 4096 bytes, rsync none longer; what it replaces lies below REPLACED, a number and an item.
LONGEST = 4096 - 64


def left_alone(tree: Tree) -> list[str]:
    """What the copy of a tree passes by, as rsync writes it: its excludes of site.toml, and what irekae keeps there."""
    return [*tree.excludes, *OURS]


def is_left_alone(tree: Tree, inner: str) -> bool:
    """Does the copy of a tree pass by what has this path below it: what lies directly there decides for all in it."""
    top = inner.strip("/").partition("/")[0]
    return bool(top) and any(fnmatchcase(f"/{top}", rule) for rule in left_alone(tree))


def folder(swap: Swap, path: str) -> str:
    """Where the key, the lists and the progress of a tree's copy lie, on either host.

    Args:
        swap: for irekae's own folder.
        path: the tree's; no two have the same name here, for a tree's path has no plus sign.
    """
    return f"{all_of(swap)}/{path.strip('/').replace('/', '+')}"


def all_of(swap: Swap) -> str:
    """The folder that holds those of all trees."""
    return f"{swap.site.site.state}/copy"


def ssh_to_standby(swap: Swap, tree: Tree) -> list[str]:
    """The ssh on production that has the tree's key and knows the standby, and nothing and nobody else."""
    return ssh_with_key(swap, folder(swap, tree.path))


def ssh_with_key(swap: Swap, where: str) -> list[str]:
    """The same with the key that lies in a folder of production's."""
    port = str(swap.standby.entry.port)
    return [
        "ssh", "-i", f"{where}/id", "-p", port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={where}/known_hosts",
        "-o", "GlobalKnownHostsFile=none", *_ALIVE,
    ]  # fmt: skip


def rsync(swap: Swap, tree: Tree, *options: str, without: tuple[str, ...] = ()) -> list[str]:
    """The argument list that makes the standby's tree equal to production's.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        options: further ones.
        without: paths below it that are not copied, as they are.
    """
    rules = [*left_alone(tree), *(f"/{pattern_of(path)}" for path in without)]
    checksum = ["-c"] if tree.checksum else []
    return _rsync(swap, tree, *checksum, "--delete", *(f"--exclude={rule}" for rule in rules), *options)


def rsync_listed(swap: Swap, tree: Tree, names: str, *options: str) -> list[str]:
    """The argument list that compares some files by their contents, and copies those that differ.

    Args:
        swap: with both hosts bound to an item.
        tree: what they lie in.
        names: file on production that names them, each ended by a zero byte.
        options: further ones.
    """
    return _rsync(swap, tree, "-c", f"--files-from={names}", "--from0", *options)


def _rsync(swap: Swap, tree: Tree, *options: str) -> list[str]:
    # Owners and groups go by name: the numbers differ. -x: what is mounted below the tree stays where it is.
    # -S: a file of 3 GB of which one block is written needs one block there too.
    # -A, -X: a file of mode 600 with an access control list would be group-writable without it.
    same = ["-a", "--no-D", "-H", "-A", "-X", "-x", "-S"]
    ends = [f"{tree.path}/", f"root@{swap.standby.entry.address}:/"]
    return [RSYNC, *same, *options, "-e", shlex.join(ssh_to_standby(swap, tree)), *ends]

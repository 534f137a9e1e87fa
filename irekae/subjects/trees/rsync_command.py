"""The one rsync command of the copy of /home: production's pushes through the standby's open door (0.4, 3.1, 4.1)."""

import shlex

from irekae.site.site import Site, needed
from irekae.subjects.trees.rsync_listing import pattern_of
from irekae.swap.swap import Swap

RSYNC = "/usr/bin/rsync"
# What the copy replaces or deletes on the receiver is kept here, below /home, for an exact undo.
REPLACED = ".irekae-replaced"
# What somebody made of the copy since is kept here when the copy is taken back. It is others' work: it stays there.
EDITED = ".irekae-edited"
OURS = (f"/{REPLACED}", f"/{EDITED}")  # no copy and no comparison goes into them
# Linux takes paths of 4096 bytes, rsync none longer; what it replaces lies below REPLACED, a number and an item.
LONGEST = 4096 - 64


def left_alone(site: Site) -> list[str]:
    """What the copy passes by, as rsync writes it: [home] excludes of site.toml, and what irekae keeps there."""
    return [*(site.home.excludes if site.home else []), *OURS]


def folder(swap: Swap) -> str:
    """Where key, lists and progress lie on production."""
    return f"{swap.site.site.state}/copy"


def ssh_to_standby(swap: Swap) -> list[str]:
    """The ssh on production that has the copy's key and knows the standby, and nothing and nobody else."""
    where, port = folder(swap), str(swap.standby.entry.port)
    return [
        "ssh", "-i", f"{where}/id", "-p", port, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={where}/known_hosts",
        "-o", "GlobalKnownHostsFile=none",
    ]  # fmt: skip


def rsync(swap: Swap, *options: str, without: tuple[str, ...] = ()) -> list[str]:
    """The argument list.

    Args:
        swap: with both hosts bound to an item.
        options: further ones.
        without: paths below /home that are not copied, as they are.
    """
    home, ssh, tako = needed(swap.site.home), ssh_to_standby(swap), swap.standby
    left_out = [*left_alone(swap.site), *(f"/{pattern_of(path)}" for path in without)]
    excludes = [f"--exclude={rule}" for rule in left_out]
    # Owners and groups go by name: the numbers differ. -x: what is mounted below /home stays where it is.
    # -S: a file of 3 GB of which one block is written needs one block there too.
    ends = [f"{home.path}/", f"root@{tako.entry.address}:/"]
    # -A, -X: a file of mode 600 with an access control list would be group-writable without it.
    return [
        RSYNC,
        "-a",
        "--no-D",
        "-H",
        "-A",
        "-X",
        "-x",
        "-S",
        "--delete",
        *excludes,
        "-e",
        shlex.join(ssh),
        *options,
        *ends,
    ]

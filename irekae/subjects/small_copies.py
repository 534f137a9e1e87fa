"""Single files that go from production to the standby over the operator's two connections (3.2, 3.3)."""

from collections.abc import Sequence
from typing import Any

from irekae.host.host import Host
from irekae.host.many import Put, parts, put_all
from irekae.model.errors import SwapError
from irekae.site.account_numbers import group_ids, user_ids
from irekae.swap.swap import Swap


def copy_file(swap: Swap, source: str, target: str) -> bool:
    """Copy a file to the standby with mode, time, and owner and group by name (scp -p); False if nobody owns it there.

    Args:
        swap: with both hosts bound to an item.
        source: path on production.
        target: path on the standby.

    Raises:
        SwapError: production has no such file.
    """
    return copy_files(swap, [(source, target)]) == 1


def copy_files(swap: Swap, wanted: Sequence[tuple[str, str]]) -> int:
    """Copy files to the standby as `copy_file` does, many at a time; how many were, the others are told.

    wanted: path on production, path on the standby.
    """
    copied = 0
    for batch in parts(wanted):
        held = swap.production.record.ground.read_all([source for source, _ in batch])
        accounts = swap.standby.read_all(["/etc/passwd", "/etc/group"])
        users, groups = user_ids(accounts["/etc/passwd"]), group_ids(accounts["/etc/group"])
        puts = []
        for source, target in batch:
            found = held[source]
            if found is None:
                what = f"{source} is missing on {swap.production.name}"
                raise SwapError(what, hint="is the path in site.toml right?")
            state = found.state
            uid, gid = users.get(state["owner"]), groups.get(state["group"])
            if uid is None or gid is None:
                named = f"{state['owner']}:{state['group']}"
                swap.standby.warn(f"{source} is not copied: {named} is not known on {swap.standby.name}")
            else:
                puts.append(Put(target, found.data, state["mode"], uid, gid, state["mtime"]))
        put_all(swap.standby, puts)
        copied += len(puts)
    return copied


def ids_there(host: Host, state: dict[str, Any]) -> tuple[int, int] | None:
    """The numbers that a file's owner and group have on a host, by name; None where it does not know one of them.

    Args:
        host: where the file is to be.
        state: the file's, on the host that it comes from.
    """
    uid = user_ids(host.read("/etc/passwd")).get(state["owner"])
    gid = group_ids(host.read("/etc/group")).get(state["group"])
    return None if uid is None or gid is None else (uid, gid)


def same(path: str, one: Host, other: Host) -> bool:
    """Do both hosts hold the same file."""
    left, right = one.find(path), other.find(path)
    return left is not None and right is not None and left.data == right.data

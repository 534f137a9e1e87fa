"""Single files that go from production to the standby over the operator's two connections (3.2, 3.3)."""

from typing import Any

from irekae.host.host import Host
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
    found = swap.production.find(source)
    if found is None:
        raise SwapError(f"{source} is missing on {swap.production.name}", hint="is the path in site.toml right?")
    ids = ids_there(swap.standby, found.state)
    if ids is None:
        named = f"{found.state['owner']}:{found.state['group']}"
        swap.standby.warn(f"{source} is not copied: {named} is not known on {swap.standby.name}")
        return False
    mode, mtime = found.state["mode"], found.state["mtime"]
    swap.standby.put(target, found.data, mode, uid=ids[0], gid=ids[1], mtime=mtime)
    return True


def ids_there(host: Host, state: dict[str, Any]) -> tuple[int, int] | None:
    """The numbers that a file's owner and group have on a host, by name; None where it does not know one of them.

    Args:
        host: where the file is to be.
        state: the file's, on the host that it comes from.
    """
    uid = user_ids(host.read("/etc/passwd")).get(state["owner"])
    gid = group_ids(host.read("/etc/group")).get(state["group"])
    return None if uid is None or gid is None else (uid, gid)

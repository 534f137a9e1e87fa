"""Single files that go from production to the standby over the operator's two connections (3.2, 3.3)."""

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
    owner, group = found.state["owner"], found.state["group"]
    uids, gids = user_ids(swap.standby.read("/etc/passwd")), group_ids(swap.standby.read("/etc/group"))
    if owner not in uids or group not in gids:
        swap.standby.warn(f"{source} is not copied: {owner}:{group} is not known on {swap.standby.name}")
        return False
    mode, mtime = found.state["mode"], found.state["mtime"]
    swap.standby.put(target, found.data, mode, uid=uids[owner], gid=gids[group], mtime=mtime)
    return True

"""Which rsync may copy below folders that users own: one that no link leads astray (0.2, and before every copy)."""

import re

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.site.trees import SAFE_RSYNC
from irekae.subjects.trees.rsync_command import RSYNC
from irekae.swap.swap import Swap

# What a user can do to a copy that root makes of his home, and the version that ends it (Debian's changelog of rsync
# 3.5.0+ds1-0+deb12u1). Debian has no older version with these mended: bookworm's 3.2.7-1+deb12u6 and trixie's
# 3.4.1+ds1-5+deb13u4 have not.
FLAWS = (
    ("3.4.3", "CVE-2026-43619", "changes of mode, owner and name follow a link put in a folder's place"),
    ("3.5.0", "CVE-2026-53796", "the receiver enters a link put in the place of a folder, and writes there"),
    ("3.5.0", "CVE-2026-53797", "the sender reads through a link put in the place of a folder: any file of root's"),
    ("3.5.0", "CVE-2026-53783", "rrsync lets its key out of the folder that it is limited to"),
)
REMEDY = "install a newer one: `apt-get update && apt-get install rsync`, from the distribution's security archive"
_VERSION = re.compile(r"^rsync\s+version v?(\d+(?:\.\d+)*)", re.MULTILINE)


def why_unsafe(host: Host, oldest: str) -> str:
    """Why a host's rsync may not copy; "" when it may.

    Args:
        host: production or standby.
        oldest: the oldest version that may, of site.toml.
    """
    said = host.look(RSYNC, "--version")
    found = _VERSION.search(said.text)
    if not found:
        return f"the version of {RSYNC} is not known: {' '.join(said.text.split())[:80] or 'it says nothing'}"
    if numbers(found[1]) >= numbers(oldest):
        return ""
    open_ones = [f"{what} ({cve})" for mended, cve, what in FLAWS if numbers(found[1]) < numbers(mended)]
    return f"rsync {found[1]} is older than {oldest}: {'; '.join(open_ones) or 'site.toml asks for more'}"


def oldest(swap: Swap) -> str:
    """The oldest version that may copy: the newest that anything asks for; "" where nothing is copied by it."""
    wanted = [tree.rsync for tree in swap.site.all_trees]
    wanted += [SAFE_RSYNC for entry in swap.site.databases if entry.by == "files"]
    return max(wanted, key=numbers, default="")


def numbers(version: str) -> tuple[int, ...]:
    """A version, to be compared."""
    return tuple(int(part) for part in version.split("."))


def want_safe(swap: Swap) -> None:
    """Raise SwapError unless both hosts' rsync may copy (exit status 3)."""
    hosts = (swap.production, swap.standby)
    found = [f"{host.name}: {why}" for host in hosts if (why := why_unsafe(host, oldest(swap)))]
    if found:
        what = "a user could lead the copy astray: rsync is too old"
        raise SwapError(what, "\n".join(found), f"{REMEDY}; then `fab phase0`", Status.REFUSED)

"""What must hold before anything below /home is copied: nothing becomes another's, nobody's home is emptied unseen."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from irekae.host.agent.words import unescape
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.site.site import needed
from irekae.subjects.accounts.meeting import meetings
from irekae.subjects.trees.rsync_command import LONGEST, left_alone
from irekae.swap.swap import Swap

SHOWN = 20  # paths of a list that are told


def survey(swap: Swap) -> dict[str, Any]:
    """Whose numbers lie below production's /home, and which folders are too deep to be copied (agent: survey)."""
    found: dict[str, Any] = swap.production.link.ask(
        "survey", path=needed(swap.site.home).path, excludes=left_alone(swap.site), longest=LONGEST
    )
    return found


def want_no_meeting(swap: Swap, found: dict[str, Any]) -> None:
    """Raise SwapError if something would become another's by its number (exit status 3).

    Args:
        swap: with both hosts bound to an item.
        found: the survey of production.
    """
    met = meetings(found, account_files(swap.production), account_files(swap.standby))
    if met:
        raise SwapError(
            f"{len(met)} numbers are somebody else's on {swap.standby.name}: files would change hands",
            "\n".join(str(meeting) for meeting in met[:SHOWN]),
            "give one of the two another number, with all that is theirs (usermod -u, groupmod -g). Missing groups "
            "get a number of their own in 3.4: for these 0.4 may be left out",
            Status.REFUSED,
        )


def account_files(host: Host) -> tuple[bytes, bytes]:
    """A host's passwd and group."""
    return host.read("/etc/passwd"), host.read("/etc/group")


def want_few_deleted(swap: Swap, doomed: Sequence[str]) -> None:
    """Raise SwapError where a home would lose more than it may, with its name and the list (exit status 3)."""
    home = needed(swap.site.home)
    trees = Counter(unescape(path).split("/")[0] for path in doomed)
    over = {tree: count for tree, count in trees.items() if count > home.may_delete.get(tree, home.max_delete)}
    if not over:
        return
    shown = [f"{tree}: {count} (at most {home.may_delete.get(tree, home.max_delete)})" for tree, count in over.items()]
    paths = [path for path in doomed if unescape(path).split("/")[0] in over]
    more = [f"… and {len(paths) - SHOWN} more"] if len(paths) > SHOWN else []
    allowed = ", ".join(f'"{tree}" = {count}' for tree, count in {**home.may_delete, **over}.items())
    count = sum(over.values())
    raise SwapError(
        f"the copy would delete {count} files on {swap.standby.name} in {len(over)} homes, more than it may",
        "\n".join([*shown[:SHOWN], *paths[:SHOWN], *more]),
        f"many homes: are source and destination mixed up? If it is right: may_delete = {{ {allowed} }} in [home] of "
        "site.toml, then `fab phase3.home`",
        Status.REFUSED,
    )


def tell_too_long(host: Host, found: dict[str, Any]) -> None:
    """Tell what no copy can take along: rsync's paths have 4096 bytes."""
    for path in found["too_long"]:
        where = f"{path[:60]}… ({len(path.encode('utf-8', 'surrogateescape'))} bytes)"
        host.warn(
            f"not copied, its paths are longer than rsync can take: {where}: ask {path.split('/')[0]} to shorten it"
        )

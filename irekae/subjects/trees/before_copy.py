"""What must hold before anything below a tree is copied: nothing becomes another's, no home is emptied unseen."""

from typing import Any

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.site.account_numbers import group_ids, user_ids
from irekae.site.site import Home, Tree
from irekae.subjects.accounts.meeting import meetings
from irekae.subjects.trees.doomed import SHOWN, Doomed
from irekae.subjects.trees.rsync_command import LONGEST, left_alone
from irekae.swap.swap import Swap


def survey(swap: Swap, tree: Tree) -> dict[str, Any]:
    """Whose numbers lie below production's tree, and which folders are too deep to be copied (agent: survey)."""
    found: dict[str, Any] = swap.production.link.ask(
        "survey", path=tree.path, excludes=left_alone(tree), longest=LONGEST
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


def want_one_device(swap: Swap, tree: Tree, found: dict[str, Any]) -> None:
    """Raise SwapError if something below production's tree is on another device: rsync would pass it by (-x)."""
    if found["other_devices"]:
        raise SwapError(
            f"{len(found['other_devices'])} folders below {tree.path} on {swap.production.name} are file systems or "
            "subvolumes of their own, and would not be copied",
            "\n".join(f"{tree.path}/{name}" for name in found["other_devices"][:SHOWN]),
            f"`fab phase0` says of each what ends it, then `{tree.command}`",
            Status.REFUSED,
        )


def want_names(swap: Swap, tree: Tree, found: dict[str, Any]) -> None:
    """Raise SwapError if the standby lacks a name that something in the tree belongs to (exit status 3).

    In homes a name may be lacking still: its account comes with 3.4, and what has none is told there.
    """
    lacking = lacking_names(found, account_files(swap.production), account_files(swap.standby))
    if lacking and not isinstance(tree, Home):
        raise SwapError(
            f"{swap.standby.name} lacks {len(lacking)} names to which files below {tree.path} belong",
            "\n".join(f"{tree.path}/{example} is {word}'s" for word, example in lacking[:SHOWN]),
            NAMES_REMEDY,
            Status.REFUSED,
        )


NAMES_REMEDY = "install there the package that makes it, or make it there: adduser --system, addgroup --system"


def lacking_names(
    found: dict[str, Any], source: tuple[bytes, bytes], target: tuple[bytes, bytes]
) -> list[tuple[str, str]]:
    """Owners and groups of what was surveyed that have a name on the source and none on the target. Pure.

    Args:
        found: the survey of the source.
        source: its passwd and group.
        target: the receiver's.

    Returns:
        For each a word (`user vmail`), and a path that belongs to it.
    """
    lacking = []
    for index, (kind, read) in enumerate((("user", user_ids), ("group", group_ids))):
        names = {number: name for name, number in reversed(read(source[index]).items())}
        there = read(target[index])
        for number, example in found[f"{kind}s"]:
            if number in names and names[number] not in there:
                lacking.append((f"{kind} {names[number]}", example))
    return lacking


def account_files(host: Host) -> tuple[bytes, bytes]:
    """A host's passwd and group."""
    return host.read("/etc/passwd"), host.read("/etc/group")


def want_few_deleted(swap: Swap, tree: Tree, doomed: Doomed) -> None:
    """Raise SwapError where an entry of the tree would lose more than it may, with the list (exit status 3)."""
    most = {name: tree.may_delete.get(name, tree.max_delete) for name in doomed.counts}
    over = {name: count for name, count in doomed.counts.items() if count > most[name]}
    if not over:
        return
    shown = [f"{name}: {count} (at most {most[name]})" for name, count in over.items()]
    count, what = sum(over.values()), "homes" if isinstance(tree, Home) else f"folders of {tree.path}"
    paths = [path for name in over for path in doomed.some[name]][:SHOWN]
    more = [f"… and {count - len(paths)} more"] if count > len(paths) else []
    allowed = ", ".join(f'"{name}" = {count}' for name, count in {**tree.may_delete, **over}.items())
    raise SwapError(
        f"the copy would delete {count} files on {swap.standby.name} in {len(over)} {what}, more than it may",
        "\n".join([*shown[:SHOWN], *paths, *more]),
        f"are source and destination mixed up? If it is right: may_delete = {{ {allowed} }} in {tree.table} of "
        f"site.toml, then `{tree.command}`",
        Status.REFUSED,
    )


def tell_too_long(host: Host, found: dict[str, Any]) -> None:
    """Tell what no copy can take along: rsync's paths have 4096 bytes."""
    for path in found["too_long"]:
        where = f"{path[:60]}… ({len(path.encode('utf-8', 'surrogateescape'))} bytes)"
        host.warn(
            f"not copied, its paths are longer than rsync can take: {where}: ask {path.split('/')[0]} to shorten it"
        )

"""Can the data trees be copied: is there room, can nobody lead rsync astray, will nothing become another's."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.site.site import Home, Tree
from irekae.subjects.accounts.files import printable
from irekae.subjects.accounts.meeting import meetings
from irekae.subjects.accounts.on_hosts import compare, read_accounts
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.subjects.trees.before_copy import NAMES_REMEDY, lacking_names, survey, tell_too_long
from irekae.subjects.trees.rsync_command import RSYNC
from irekae.subjects.trees.safe_rsync import REMEDY, oldest, why_unsafe
from irekae.swap.swap import Swap

SHOWN = 5  # paths that are named
SLACK = 256 << 20  # bytes that must stay free on the receiver


def space(swap: Swap) -> Iterable[Obstacle]:
    """The standby has room for what production has more of, on each of its file systems."""
    needs: dict[int, tuple[list[str], int, int]] = {}
    for path in (tree.path for tree in swap.site.all_trees):
        room = swap.standby.link.ask("space", path=path)
        paths, need, _ = needs.get(room["device"], ([], SLACK, 0))
        more = _used(swap.production, path) - _used(swap.standby, path)
        needs[room["device"]] = [*paths, path], need + more, room["free"]
    for paths, need, free in needs.values():
        if need > free:
            yield Obstacle(
                f"{', '.join(paths)} needs {need >> 20} MiB more, {free >> 20} MiB are free",
                "make room there",
                swap.standby.name,
            )


def _used(host: Host, path: str) -> int:
    """Bytes that a folder uses on its own file system, 0 where there is none."""
    if not host.exists(path):
        return 0
    return 1024 * int(host.query("du", "-sxk", path, ok=(0, 1), timeout=24 * 3600).text.split()[0])


@each_host
def rsync(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """An rsync that no user leads astray by a link; told too that there is no other in front of it."""
    wanted = oldest(swap)
    why = why_unsafe(host, wanted) if wanted else ""
    if why:
        yield Obstacle(why, REMEDY)


def attributes(swap: Swap) -> Iterable[Obstacle]:
    """Access control lists and extended attributes that production can hold, the standby can too, and rsync copies."""
    for tree in _there(swap):
        yield from _attributes(swap, tree.path, survey(swap, tree))


def _attributes(swap: Swap, top: str, found: dict[str, list[str]]) -> Iterable[Obstacle]:
    """By what each kernel says of the tree itself: kinds and options of file systems are many."""
    pair = (swap.production, swap.standby)
    ours, theirs = (host.link.ask("attribute_support", path=top) if host.exists(top) else None for host in pair)
    for kind, words, word in (("acl", "access control lists", "ACLs"), ("xattr", "extended attributes", "xattrs")):
        some = ", ".join(f"{top}/{path}" for path in found[kind][:SHOWN])
        if theirs and ours and not theirs[kind] and (some or ours[kind]):
            remedy = f"`mount -o remount,acl,user_xattr {top}` there, or a file system that holds them" + (
                "; or take them away (setfacl -b, setfattr -x)" if some else ""
            )
            whose = f"which {some} has" if some else f"{swap.production.name}'s can"
            yield Obstacle(f"{top} cannot hold {words}, {whose}", remedy, swap.standby.name)
        for host in pair if some else ():
            if f"no {word}" in host.look(RSYNC, "--version").text:
                yield Obstacle(
                    f"rsync copies no {words} there, and {some} has some", "install Debian's rsync", host.name
                )


def accounts(swap: Swap) -> Iterable[Obstacle]:
    """Accounts that 3.4 would refuse, and numbers of files that would be somebody else's even behind it."""
    ika, tako, ours = swap.production, swap.standby, read_accounts(swap.production)
    decided = compare(swap)
    for refusal in decided.merge.refused:
        yield Obstacle(
            f"the account {printable(refusal.name)} ({refusal.uid}) of {ika.name} cannot be had: {refusal.reason}",
            f"give one of the two another name or number, with all that is theirs, on {tako.name} or {ika.name}; or "
            f"leave it out, site.toml: [accounts] decided = {{ {printable(refusal.name)} = 'target' }}",
            tako.name,
        )
    merged = decided.accounts
    for tree in _there(swap):
        found = survey(swap, tree)
        tell_too_long(ika, found)
        for meeting in meetings(found, (ours.passwd, ours.group), (merged.passwd, merged.group)):
            yield Obstacle(str(meeting), "give one of the two another number: usermod -u, groupmod -g", tako.name)
        if not isinstance(tree, Home):
            for word, example in lacking_names(found, (ours.passwd, ours.group), (merged.passwd, merged.group)):
                what = f"{word}, whose is {tree.path}/{printable(example)} on {ika.name}, is not known there"
                yield Obstacle(what, NAMES_REMEDY, tako.name)


def stopped(swap: Swap) -> Iterable[Obstacle]:
    """What must not run while a tree is copied is stopped by 1.3."""
    for tree in swap.site.all_trees:
        for name in tree.stopped:
            if name not in swap.site.service_items.pause:
                yield Obstacle(
                    f"{tree.table} wants {name} stopped while it is copied, and 1.3 does not stop it",
                    f'site.toml, [service_items] pause: add "{name}"',
                )


def _there(swap: Swap) -> list[Tree]:
    """Those that production has; `paths` tells of the others."""
    return [tree for tree in swap.site.all_trees if swap.production.exists(tree.path)]

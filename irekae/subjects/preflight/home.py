"""Can /home be copied: is there room, can nobody lead rsync astray, will nothing become another's."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.site.site import needed
from irekae.subjects.accounts.files import printable
from irekae.subjects.accounts.meeting import meetings
from irekae.subjects.accounts.on_hosts import compare, read_accounts
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.subjects.trees.before_copy import survey, tell_too_long
from irekae.subjects.trees.rsync_command import RSYNC
from irekae.subjects.trees.safe_rsync import REMEDY, why_unsafe
from irekae.swap.swap import Swap

SHOWN = 5  # paths that are named
SLACK = 256 << 20  # bytes that must stay free on the receiver


def space(swap: Swap) -> Iterable[Obstacle]:
    """The standby has room for what production has more of."""
    home = needed(swap.site.home).path
    ours = swap.production.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    held = swap.standby.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    need = 1024 * (int(ours[0]) - int(held[0])) + SLACK
    free = swap.standby.link.ask("space", path=home)["free"]
    if need > free:
        yield Obstacle(
            f"{home} needs {need >> 20} MiB more, {free >> 20} MiB are free", "make room there", swap.standby.name
        )


@each_host
def rsync(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """An rsync that no user leads astray by a link; told too that there is no other in front of it."""
    why = why_unsafe(host, needed(swap.site.home).rsync)
    if why:
        yield Obstacle(why, REMEDY)


def attributes(swap: Swap) -> Iterable[Obstacle]:
    """Access control lists and extended attributes that production can hold, the standby can too, and rsync copies.

    By what each kernel says of /home itself: kinds and options of file systems are many.
    """
    home, found, pair = needed(swap.site.home).path, survey(swap), (swap.production, swap.standby)
    ours, theirs = (host.link.ask("attribute_support", path=home) for host in pair)
    for kind, words, word in (("acl", "access control lists", "ACLs"), ("xattr", "extended attributes", "xattrs")):
        some = ", ".join(f"{home}/{path}" for path in found[kind][:SHOWN])
        if not theirs[kind] and (some or ours[kind]):
            remedy = f"`mount -o remount,acl,user_xattr {home}` there, or a file system that holds them" + (
                "; or take them away (setfacl -b, setfattr -x)" if some else ""
            )
            whose = f"which {some} has" if some else f"{swap.production.name}'s can"
            yield Obstacle(f"{home} cannot hold {words}, {whose}", remedy, swap.standby.name)
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
    merged, found = decided.accounts, survey(swap)
    tell_too_long(ika, found)
    for meeting in meetings(found, (ours.passwd, ours.group), (merged.passwd, merged.group)):
        yield Obstacle(str(meeting), "give one of the two another number: usermod -u, groupmod -g", tako.name)

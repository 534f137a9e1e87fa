"""Phase 4: forbid root login (root ログイン禁止)."""

from irekae import subjects
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import On, item
from irekae.subjects.root_door import KEYS, keepers, sshd
from irekae.swap.swap import Swap


@item(
    "4.1",
    "rsync の終了確認",
    "Confirm that the copy of /home has finished",
    on=On.PAIR,
    until="4.2",
    undo="what it copies again is put back",
    needs=("home|trees|mail",),
)
def copied(swap: Swap) -> None:
    """The copy has ended well, a dry run finds nothing left, and no mailbox lost anything (1.6); held mail is carried.

    What was changed behind the copy is copied once more; what goes on changing is told.
    """
    if swap.site.all_trees:
        subjects.want_nothing_left(swap)
    if swap.site.mail:
        subjects.mail.queue.carry(swap)


@item(
    "4.2",
    "予備サーバの root ログイン禁止",
    "Forbid root login on the standby again",
    on=On.STANDBY,
    needs=("home|trees|databases",),
)
def close_root(host: Host, swap: Swap) -> None:
    """Only what 2.1 put into sshd_config is taken out; the copy's key goes at both ends, and the lease."""
    config = swap.site.root_door.sshd_config
    with ServiceHandle(host, swap.site.services["ssh"]).restarting():
        # From what is there now: others may have edited the rest since the door was opened.
        host.edit(config, subjects.without_door, dated=False, afresh=True)
        if not host.planned and _is_allowed(host):
            host.edit(config, subjects.forbid_root, dated=False, afresh=True)
        subjects.remove_key(host, KEYS)
        host.check(sshd.SSHD, "-t")
    subjects.forget_key(swap)
    keepers.remove(host, swap)
    want_forbidden(host, swap)


@item(
    "4.3", "本サーバの root ログイン禁止の確認", "Confirm that root login is forbidden on production", on=On.PRODUCTION
)
def forbidden(host: Host, swap: Swap) -> None:
    """By what sshd itself makes of its configuration; forbidden now if it was not."""
    config = swap.site.root_door.sshd_config
    if _is_allowed(host):
        host.say("root login was allowed: forbidding it")
        with ServiceHandle(host, swap.site.services["ssh"]).restarting():
            host.edit(config, subjects.forbid_root, afresh=True)
            host.check(sshd.SSHD, "-t")
    want_forbidden(host, swap)


@item("4.4", "本サーバの authorized_keys の改名", "Put root's authorized_keys out of the way", on=On.PRODUCTION)
def rename_keys(host: Host, swap: Swap) -> None:
    """`authorized_keys.bk`, so that root login is refused altogether; with the date where an older one is."""
    host.rename(KEYS, f"{KEYS}.bk.{swap.today}" if host.exists(KEYS) and host.exists(f"{KEYS}.bk") else f"{KEYS}.bk")


def _is_allowed(host: Host) -> bool:
    """May root log in from somewhere that nobody has named, by what sshd makes of its files."""
    return any(said != "no" for said in sshd.root_logins(host, sshd.anywhere()))


def want_forbidden(host: Host, swap: Swap) -> None:
    """Raise SwapError unless sshd refuses root from anywhere; what lets him in from a single place is told."""
    if host.planned:
        return
    config = swap.site.root_door.sshd_config
    holes = sshd.loopholes(host, config)
    sources = sshd.addresses(host, swap.inventory.other(host.name))
    for (source, name), said in zip(sources, sshd.root_logins(host, sources), strict=True):
        if said == "no":
            continue
        if source in sshd.ELSEWHERE:
            raise SwapError(
                f"root login is still allowed on {host.name}",
                "\n".join([f"sshd -T, for root from {source}: permitrootlogin {said}", *holes]),
                "take that out of the file that it names, then the same command again",
            )
        host.warn(f"root may log in from {source} ({name}): PermitRootLogin {said}: is that meant?")
    for hole in holes:
        host.warn(f"a Match block lets root in: {hole}: is that meant?")
    for started in sshd.other_daemons(host):
        host.warn(f"an sshd runs with settings of its own: {started}: does it let root in?")

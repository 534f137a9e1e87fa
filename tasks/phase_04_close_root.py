"""Phase 4: forbid root login (root ログイン禁止)."""

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import On, item
from irekae.subjects.home.copy_key import remove_key
from irekae.subjects.home.copying import want_nothing_left
from irekae.subjects.root_door import KEYS, forbid_root, is_forbidden, loopholes
from irekae.swap.swap import Swap
from tasks.phase_02_open_root import CRONTAB, folder


@item(
    "4.1",
    "rsync の終了確認",
    "Confirm that the copy of /home has finished",
    on=On.PAIR,
    undo="what it copies again is put back",
)
def copied(swap: Swap) -> None:
    """The copy has ended well, a dry run finds nothing left, and no mailbox lost anything (1.6).

    What was changed behind the copy is copied once more; what goes on changing is told.
    """
    want_nothing_left(swap)


@item("4.2", "tako の root ログイン禁止", "Forbid root login on the standby again", on=On.STANDBY)
def close_root(host: Host, swap: Swap) -> None:
    """sshd_config as it was, the key of the copy removed, the lease given back."""
    config = swap.site.root_door.sshd_config
    with ServiceHandle(host, swap.site.services["ssh"]).restarting():
        closed = host.find(f"{folder(swap)}/sshd_config.closed")
        # Not `edit`: 0.4 opens and closes in one phase, so what is there now is its own edit, nobody else's.
        host.put(config, closed.data if closed else forbid_root(host.read(config)), host.mode_of(config))
        remove_key(host, KEYS)
    host.remove(CRONTAB)
    want_forbidden(host, config)


@item("4.3", "ika の root ログイン禁止の確認", "Confirm that root login is forbidden on production", on=On.PRODUCTION)
def forbidden(host: Host, swap: Swap) -> None:
    """By what sshd itself makes of its configuration; forbidden now if it was not."""
    config = swap.site.root_door.sshd_config
    if not is_forbidden(_effective(host)):
        host.say("root login was allowed: forbidding it")
        with ServiceHandle(host, swap.site.services["ssh"]).restarting():
            host.edit(config, forbid_root)
    want_forbidden(host, config)


@item("4.4", "ika の authorized_keys の改名", "Put root's authorized_keys out of the way", on=On.PRODUCTION)
def rename_keys(host: Host, swap: Swap) -> None:
    """`authorized_keys.bk`, so that root login is refused altogether; with the date where an older one is."""
    host.rename(KEYS, f"{KEYS}.bk.{swap.today}" if host.exists(KEYS) and host.exists(f"{KEYS}.bk") else f"{KEYS}.bk")


def want_forbidden(host: Host, config: str) -> None:
    """Raise SwapError unless sshd refuses root by its configuration; Match blocks that let him in are told."""
    if host.planned:
        return
    effective = _effective(host)
    if not is_forbidden(effective):
        said = next((line for line in effective.splitlines() if line.lower().startswith("permitrootlogin")), "?")
        raise SwapError(
            f"root login is still allowed on {host.name}", f"sshd -T: {said}", "a Match block or an Include?"
        )
    for line in loopholes(host.read(config)):
        host.say(f"a Match block of {config} says “{line}”: is that meant?")


def _effective(host: Host) -> str:
    where = f"user=root,host={host.entry.fqdn},addr={host.entry.address}"
    return host.query("/usr/sbin/sshd", "-T", "-C", where).text

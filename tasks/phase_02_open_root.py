"""Phase 2: allow root login on the standby (tako の root ログイン許可). The lease comes first."""

import shlex

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.items import On, item
from irekae.subjects.root_door import close_script, crontab, forbid_root, permit_root
from irekae.swap.swap import Swap

CRONTAB = "/etc/cron.d/irekae-door"


def folder(swap: Swap) -> str:
    """Where the lease keeps its things on the host."""
    return f"{swap.site.site.state}/door"


@item("2.2", "root ログイン許可の期限", "A lease on root's way in", on=On.STANDBY, mark="+")
def lease(host: Host, swap: Swap) -> None:
    """The host's own cron closes the door after the lease, whatever becomes of the operator, across reboots too."""
    where, config = folder(swap), swap.site.root_door.sshd_config
    ssh = ServiceHandle(host, swap.site.services["ssh"])
    restart = "\n".join(shlex.join(argv) for argv in ssh.manager.restart(ssh.init))
    minutes = swap.site.root_door.lease
    deadline = int(host.link.ask("facts")["time"]) + 60 * minutes
    if not host.exists(CRONTAB):
        host.remember(f"{where}/sshd_config.closed", forbid_root(host.read(config)), host.mode_of(config))
    host.remember(f"{where}/deadline", f"{deadline}\n".encode())
    host.remember(f"{where}/close", close_script(where, config, restart), 0o700)
    host.put(CRONTAB, crontab(where), 0o644)
    host.say(f"root's way in closes by itself after {minutes} minutes")


@item("2.1", "tako の root ログイン許可", "Allow root login on the standby", on=On.STANDBY)
def open_root(host: Host, swap: Swap) -> None:
    """PermitRootLogin yes in sshd_config, and ssh restarted."""
    config = swap.site.root_door.sshd_config
    closed, before = host.find(f"{folder(swap)}/sshd_config.closed"), host.before(config)
    with ServiceHandle(host, swap.site.services["ssh"]).restarting():
        if closed and closed.data == host.read(config) != before:
            # The lease ran out and closed the door: an edit of ours, nobody else's.
            host.put(config, permit_root(before), host.mode_of(config))
        else:
            host.edit(config, permit_root)
    host.check("/usr/sbin/sshd", "-t")

"""Phase 2: allow root login on the standby (予備サーバの root ログイン許可). The lease comes first."""

from irekae import subjects
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.items import On, item
from irekae.subjects.root_door import keepers, key, sshd
from irekae.swap.swap import Swap


@item(
    "2.2",
    "root ログイン許可の期限",
    "A lease on root's way in",
    on=On.STANDBY,
    mark="+",
    until="4.2",
    needs=("home|trees|databases",),
)
def lease(host: Host, swap: Swap) -> None:
    """The host itself closes the door: cron and a process of its own after the lease, and any boot before it."""
    keepers.install(host, swap)
    host.result(f"root's way in closes by itself after {swap.site.root_door.lease} minutes, or at a boot")


@item(
    "2.1",
    "予備サーバの root ログイン許可",
    "Allow root login on the standby",
    on=On.STANDBY,
    after=("2.2",),
    until="4.2",
    needs=("home|trees|databases",),
)
def open_root(host: Host, swap: Swap) -> None:
    """`PermitRootLogin forced-commands-only` at the top of sshd_config, ssh restarted, the copy's key tried."""
    config = swap.site.root_door.sshd_config
    keepers.want_alive(host, swap)
    with ServiceHandle(host, swap.site.services["ssh"]).restarting():
        # From what is there now: the door may have closed since, and others may have edited the rest.
        host.edit(config, subjects.permit_root, afresh=True)
        host.check(sshd.SSHD, "-t")
    key.want_admitted(host, swap)

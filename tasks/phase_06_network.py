"""Phase 6: exchange, restart of the network (ネットワークの再起動)."""

from irekae import subjects
from irekae.host.service import ServiceHandle
from irekae.model.items import On, item
from irekae.swap.swap import Swap


@item(
    "6.1",
    "ネットワークの再起動",
    "Restart the network on both",
    on=On.PAIR,
    asks="exchange",
    undo="both go back together",
)
def network(swap: Swap) -> None:
    """One transaction over both hosts: confirmed over the new addresses, or both go back by themselves."""
    subjects.exchange_network(swap)


@item(
    "6.3",
    "アドレスの一意性の確認",
    "No two hosts with one address",
    on=On.PAIR,
    mark="+",
    after=("6.1",),
    undo="nothing is changed",
)
def one_holder(swap: Swap) -> None:
    """Each address is held by exactly one machine, and by the right one."""
    subjects.want_one_holder_each(swap)


@item(
    "6.2",
    "接続できないホストの再起動",
    "After a reboot, stop the services again",
    on=On.PAIR,
    after=("6.1",),
    needs=("service_items.pause",),
)
def pause_again(swap: Swap) -> None:
    """A host that the watchdog rebooted (D6) has started its services: they are stopped as in 1.3."""
    for host in (swap.production, swap.standby):
        for service in swap.site.services_of(swap.site.service_items.pause):
            ServiceHandle(host, service).stop()

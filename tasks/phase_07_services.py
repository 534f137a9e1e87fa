"""Phase 7: service settings (サービスの設定変更). The names are exchanged from here on."""

from contextlib import nullcontext
from functools import partial

from irekae import subjects
from irekae.host.ended_calls import was_restarting
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import On, item
from irekae.site.site import needed
from irekae.swap.swap import Swap


@item("7.1", "予備サーバのメールの設定変更", "The standby takes no mail from outside", on=On.STANDBY, needs=("mail",))
def mail_standby(host: Host, swap: Swap) -> None:
    """It takes none of the site's mail, and still sends system log mail. The mail system is restarted."""
    settle = partial(subjects.mail.queue.settle, host, swap)
    with ServiceHandle(host, subjects.mail.service_of(swap.site)).restarting(settle):
        subjects.mail.system_of(swap.site).take_none(host)


@item("7.2", "本サーバのメールの設定変更", "Production takes mail for its domains", on=On.PRODUCTION, needs=("mail",))
def mail_production(host: Host, swap: Swap) -> None:
    """The mail system takes mail for the site's domains, under the host's full name.

    The queue is decided anew by them, and what was carried from the old machine is put into it.
    """
    system, handle = subjects.mail.system_of(swap.site), ServiceHandle(host, subjects.mail.service_of(swap.site))
    settle = partial(subjects.mail.queue.settle, host, swap)
    rests = host.planned or (handle.state().running is False and not was_restarting(host.record, handle.init))
    # An undo takes the files back first and then restarts: the other way round it would deliver by the new ones.
    with nullcontext() if rests else handle.restarting(settle):
        system.take_mail(host)
    if host.planned:
        return
    if rests:
        settle()
    subjects.mail.queue.place(host, swap)
    system.want_known(host, [*swap.site.domains, *system.own_names(host)])


@item(
    "7.5",
    "ネームサーバの設定変更",
    "The name server: a copy of its files, and it starts at boot",
    on=On.PRODUCTION,
    needs=("dns",),
)
def bind(host: Host, swap: Swap) -> None:
    """A dated copy of the name server's data; boot links made anew; scripts that insserv warns of get an LSB header."""
    subjects.name_server.zones.copy_data(host, swap.site)
    for service in swap.site.services_of(swap.site.service_items.boot_dns):
        handle = ServiceHandle(host, service)
        said = handle.renew_links()
        handle.enable()
        if "insserv: warning" in said:
            raise SwapError(f"insserv still warns on {host.name}", said, "edit the scripts that it names by hand")


@item(
    "7.3",
    "メールサービスの永続的な起動",
    "The mail services start at boot",
    on=On.PRODUCTION,
    needs=("service_items.boot_mail",),
)
def boot_mail(host: Host, swap: Swap) -> None:
    """They start with the reboot of phase 8."""
    for service in swap.site.services_of(swap.site.service_items.boot_mail):
        ServiceHandle(host, service).enable()


@item(
    "7.4", "メーリングリストの bouncer 設定", "Bounces of the mailing lists", on=On.PRODUCTION, needs=("mail.bouncers",)
)
def bouncer(host: Host, swap: Swap) -> None:
    """The bouncer file holds the three lines."""
    for mailing_list in swap.site.lists:
        if mailing_list.bouncer:
            subjects.set_lines(host, mailing_list.bouncer, *mailing_list.bouncer_lines)


@item("7.6", "本サーバの resolv.conf", "Production asks itself", on=On.PRODUCTION, needs=("dns.asks_itself",))
def resolver(host: Host, swap: Swap) -> None:
    """nameserver 127.0.0.1: production is a full-service resolver."""
    subjects.set_lines(host, "/etc/resolv.conf", "nameserver 127.0.0.1", f"search {needed(swap.site.dns).search}")


@item(
    "7.7",
    "本サーバの WWW の永続的な起動",
    "The web's services start at boot",
    on=On.PRODUCTION,
    mark="+",
    needs=("service_items.boot_web",),
)
def boot_web(host: Host, swap: Swap) -> None:
    """The manual's heading has no text; phase 9 needs http, https and pop (D3)."""
    for service in swap.site.services_of(swap.site.service_items.boot_web):
        ServiceHandle(host, service).enable()


@item(
    "7.8",
    "予備サーバのネームサーバの永続的な停止",
    "The name server does not start on the standby",
    on=On.STANDBY,
    mark="+",
    needs=("dns",),
)
def retire_dns(host: Host, swap: Swap) -> None:
    """Phase 9 says so (D1); the standby then asks other name servers (9.14)."""
    for service in swap.site.services_of(swap.site.service_items.retire_dns):
        ServiceHandle(host, service).stop().disable()
    resolvers = [f"nameserver {entry.address}" for entry in swap.inventory.group("resolvers")]
    if resolvers:
        subjects.set_lines(host, "/etc/resolv.conf", *resolvers, f"search {needed(swap.site.dns).search}")
    else:
        host.say("hosts.ini names no [resolvers]: /etc/resolv.conf is left alone")


@item(
    "7.9",
    "データベースの永続的な設定",
    "Database servers run where site.toml says",
    on=On.BOTH,
    mark="+",
    needs=("databases",),
)
def boot_databases(host: Host, swap: Swap) -> None:
    """3.6 wants them on both; from here on, and at each boot, each runs where [services] has it on."""
    for entry in swap.site.databases:
        service = swap.site.services[entry.service]
        wanted = service.production if host.role is On.PRODUCTION else service.standby
        if wanted == "on":
            ServiceHandle(host, service).enable()
        elif wanted == "off":
            ServiceHandle(host, service).stop().disable()

"""Rows of 5.1, 5.3 and IPv6: names, addresses, systemd-networkd."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import HOST, OTHER, PAGES, SIX, broken

_LAN = "/etc/systemd/network/10-lan.network"
_SIX = "2001:db8:5::10/64 dev eth0"
ADDRESS = "test_host_has_its_address_and_no_other[mars]"
CALLS = "test_host_calls_itself_by_its_name[mars]"
BOOTED = "test_host_was_booted_with_its_name[mars]"
IN_FILE = f"test_file_bears_the_host_s_address[mars-{_LAN}]"


def _bears(path: str) -> str:
    return f"test_file_bears_the_host_s_name[mars-{path}]"


def _left(name: str, path: str, *more: str) -> Row:
    what = f"the old name stands in {path}"
    return broken(f"old-name-in-{name}", what, (_bears(path), *more), f"sed -i 's/mars/venus/g' {path}", keeps=(path,))


def _lan(name: str, what: str, edit: str) -> Row:
    return broken(name, what, (IN_FILE, BOOTED), f"sed -i '{edit}' {_LAN}", heal="reset")


ROWS = (
    broken("ipv6-address-missing", "the host has no IPv6 address", (ADDRESS, SIX), f"ip -6 address del {_SIX}",
           undo=f"ip -6 address add {_SIX} nodad"),
    broken("ipv6-address-of-the-other", "the host has the standby's IPv6 address too", (ADDRESS,),
           "ip -6 address add 2001:db8:5::11/128 dev lo nodad", undo="ip -6 address del 2001:db8:5::11/128 dev lo"),
    broken("venus-ipv6-address-missing", "the host has no IPv6 address", (ADDRESS.replace(HOST, OTHER),),
           f"ip -6 address del {_SIX.replace('::10', '::11')}", host=OTHER,
           undo=f"ip -6 address add {_SIX.replace('::10', '::11')} nodad",
           may=("test_cron_mail_reaches_the_administrators[venus]", "test_local_delivery_does_not_arrive[venus]"),
           why="its postfix calls production over IPv6 first, and goes on waiting"),
    broken("site-by-ipv4-alone", "the site www is declared for the IPv4 address alone: over IPv6 another page shows",
           (SIX, "test_page_s_certificate_holds[*/https]"),
           "sed -i 's/<VirtualHost \\*:/<VirtualHost 192.0.2.10:/' /etc/apache2/sites-available/*.conf; "
           "systemctl reload apache2", keeps=("/etc/apache2",), undo="systemctl reload apache2"),
    broken("web-by-ipv4-alone", "apache2 listens on IPv4 alone", (SIX,),
           "sed -i 's/^\\(\\s*\\)Listen \\([0-9]*\\)/\\1Listen 0.0.0.0:\\2/' /etc/apache2/ports.conf; systemctl restart apache2",
           keeps=("/etc/apache2",), undo="systemctl restart apache2"),
    broken("smtp-by-ipv4-alone", "postfix listens on IPv4 alone", (SIX,),
           "postconf -e inet_protocols=ipv4; systemctl restart postfix", keeps=("/etc/postfix",),
           undo="systemctl restart postfix"),
    broken("ipv6-shut", "a packet rule shuts port 443 over IPv6", (SIX,),
           "nft add table ip6 shut; nft add chain ip6 shut in '{ type filter hook input priority 0; }'\n"
           "nft add rule ip6 shut in tcp dport 443 drop", undo="nft delete table ip6 shut",
           may=(PAGES,), why="whoever calls by name may call there first"),
    _lan("network-file-of-the-other", "networkd's file has the standby's address, which the next boot will take",
         "s/192.0.2.10/192.0.2.11/"),
    _lan("network-file-other-ipv6", "networkd's file has the standby's IPv6 address", "s/2001:db8:5::10/2001:db8:5::11/"),
    _lan("network-file-both", "networkd's file has the standby's address beside its own", "$ a Address=192.0.2.11/24"),
    broken("hostname-of-the-other", "the running system calls itself venus", (CALLS,), "hostname venus",
           undo="hostname mars"),
    broken("hostname-file-old", "/etc/hostname has the old name", (_bears("/etc/hostname"), BOOTED),
           "echo venus > /etc/hostname", heal="reset"),
    _left("mailname", "/etc/mailname"),
    _left("motd", "/etc/motd"),
    _left("server-name", "/etc/apache2/conf-available/server-name.conf"),
    broken("hosts-old-pairs", "/etc/hosts gives each name the other's address", (_bears("/etc/hosts"),),
           "sed -i 's/^192.0.2.10/X/; s/^192.0.2.11/192.0.2.10/; s/^X/192.0.2.11/' /etc/hosts", keeps=("/etc/hosts",),
           may=("test_host_resolves_names[mars-*]", "test_mail_*", "test_backup_*", CALLS,
                "test_file_bears_the_host_s_address[mars-/etc/hosts]"),
           why="the resolver library reads /etc/hosts first, and so do the programs"),
    broken("hosts-own-line-gone", "/etc/hosts has no IPv4 line for the host itself",
           (_bears("/etc/hosts"), "test_file_bears_the_host_s_address[mars-/etc/hosts]"),
           "sed -i '/^192.0.2.10/d' /etc/hosts", keeps=("/etc/hosts",), may=(CALLS,),
           why="the line of its IPv6 address has the name as well"),
)  # fmt: skip

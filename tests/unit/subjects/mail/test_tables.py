"""In which files a mail system looks things up, by its own words."""

from __future__ import annotations

import pytest

from irekae.subjects.mail.tables import Table, built_by_exim, included, of_exim, of_postfix

# As `postconf -x` and `postconf -P -x` of 3.10 say it.
SHOWN = """\
address_verify_map = btree:/var/lib/postfix/verify_cache
alias_database = hash:/etc/aliases
alias_maps = hash:/etc/aliases, nis:mail.aliases
header_checks = regexp:/etc/postfix/header_checks
local_recipient_maps = proxy:unix:passwd.byname hash:/etc/aliases
mydestination = example.org, /etc/postfix/domains, localhost
proxy_read_maps = proxy:unix:passwd.byname hash:/etc/aliases hash:/etc/postfix/vmailbox static:990
smtpd_forbidden_commands = CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}
smtpd_client_restrictions = check_client_access cidr:/etc/postfix/clients, permit
tls_server_sni_maps = lmdb:/etc/postfix/sni
transport_maps = unionmap:{texthash:/etc/postfix/routes,hash:/etc/postfix/transport}
virtual_mailbox_maps = proxy:hash:/etc/postfix/vmailbox
virtual_alias_maps = mysql:/etc/postfix/virtual.cf inline:{a=b}
command_directory = /usr/sbin
smtpd/inet/smtpd_sender_restrictions = check_sender_access hash:/etc/postfix/senders
"""


def test_every_file_of_postfix_is_found_once_with_what_compiles_it() -> None:
    found = {table.name: table.maker for table in of_postfix(SHOWN, ["/var/lib/postfix", ""])}
    assert found == {
        "hash:/etc/aliases": ("postalias",),
        ":/etc/postfix/clients": (),
        ":/etc/postfix/domains": (),
        ":/etc/postfix/header_checks": (),
        ":/etc/postfix/routes": (),
        "hash:/etc/postfix/senders": ("postmap",),
        "lmdb:/etc/postfix/sni": ("postmap", "-F"),
        "hash:/etc/postfix/transport": ("postmap",),
        ":/etc/postfix/virtual.cf": (),
        "hash:/etc/postfix/vmailbox": ("postmap",),
    }


@pytest.mark.parametrize(
    ("kind", "made"), [("hash", ["/a.db"]), ("lmdb", ["/a.lmdb"]), ("sdbm", ["/a.dir", "/a.pag"]), ("", [])]
)
def test_what_is_made_of_it_is_known(kind: str, made: list[str]) -> None:
    assert [*Table("/a", kind).compiled] == made


# Lines of Debian's configuration (exim 4.98), as `exim4 -bP config` says them.
EXIM = """\
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
  condition = ${if exists{/etc/exim4/local_host_whitelist}{/etc/exim4/local_host_whitelist}{}}
  password = ${extract{2}{:}{${lookup{$host}nwildlsearch{/etc/exim4/passwd.client}{$value}fail}}}
  tls_privatekey = ${if exists{/etc/exim4/exim.key}{/etc/exim4/exim.key}fail}
  hosts = net-lsearch;/etc/exim4/relays : lsearch*@;/etc/exim4/more
  address_data = ${lookup{$domain}cdb{/etc/exim4/routes.cdb}}
  file = /var/mail/$local_part
"""


def test_every_file_that_exim_searches_is_found() -> None:
    assert [table.path for table in of_exim(EXIM)] == [
        "/etc/aliases", "/etc/exim4/local_host_whitelist", "/etc/exim4/more", "/etc/exim4/passwd.client",
        "/etc/exim4/relays",
    ]  # fmt: skip
    assert built_by_exim(EXIM) == ["/etc/exim4/routes.cdb"]


def test_what_aliases_include_is_found() -> None:
    assert included(b'team: :include:/etc/mail/team, x\nold: ":include:/etc/mail/old"\n') == [
        "/etc/mail/team", "/etc/mail/old",
    ]  # fmt: skip

"""What `fab init` writes loads, whatever a host has: what is refused is a marked comment with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from irekae.site.inventory import inventory_of
from irekae.site.marks import MARK
from irekae.site.site import site_of
from irekae.subjects.first_site import data, loading, mail, writing
from irekae.subjects.first_site.page import Page
from irekae.subjects.first_site.services import Daemon
from tests.unit.subjects.first_site.test_first_site import MARS, VENUS, Host
from tests.unit.subjects.first_site.test_what_it_serves import Called

HOSTS = inventory_of(
    Path("/seat/hosts.ini"),
    "[production]\nmars ansible_host=192.0.2.10 fqdn=mars.example.net\n"
    "[standby]\nvenus ansible_host=192.0.2.11 fqdn=venus.example.net\n",
)
PATH = Path("/seat/site.toml")
SITE = """# a comment
[site]
title = "x"
domain = "example.net"
service_name = "{mars.fqdn}"
operators = ["mori"]  # you

[services.ssh]
init = "ssh"
process = "sshd"
production = "on"
standby = "on"

[service_items]
pause = []

[accounts]
uid_min = 1000
uid_max = 2000

[network]
confirm_within = 60
"""
TREE = '\n[[trees]]\npath = "/srv"\n'


def loaded(text: str) -> tuple[dict[str, Any], list[str]]:
    """What the project's loader takes of a text, and the marked lines."""
    kept = loading.site_loading(PATH, text, HOSTS)
    site_of(PATH, kept, HOSTS)
    return tomllib.loads(kept), [line for line in kept.splitlines() if MARK in line]


def test_what_loads_stays_as_it_is() -> None:
    assert loading.site_loading(PATH, SITE + TREE, HOSTS) == SITE + TREE


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('["mori"]', '["mori", "alice@corp.example"]', "[site] operators number 2: a name without spaces was expected"),
        ("pause = []", 'pause = [\n    "ssh",\n    "gone",\n]', "[service_items] pause: no service 'gone'"),
        (TREE, TREE + '\n[[trees]]\npath = "/opt/My App"\n', "[[trees]] number 2 (/opt/My App) path: an absolute path"),
        (TREE, TREE + '\n[[trees]]\npath = "/srv/a"\n', '[[trees]] "/srv/a" path: /srv of [[trees]] "/srv" and /srv/a'),
        ('production = "on"', 'production = "on"\nports = ["any"]', "[services.ssh] ports number 1: tcp/25 or udp/53"),
        ('title = "x"', 'title = "x"\nwiki = "{moon}"', "[site] wiki: unknown placeholder {moon}"),
        ("[accounts]", '[services.sshd]\ninit = "ssh"\nprocess = "sshd"\nproduction = "on"\nstandby = "on"\n[accounts]',
         "[services] init: ssh stands there twice"),
    ],
)  # fmt: skip
def test_what_is_refused_is_a_comment_with_the_reason(before: str, after: str, why: str) -> None:
    text = SITE + TREE
    assert before in text
    found, marks = loaded(text.replace(before, after))
    wanted, [mark] = tomllib.loads(text), marks
    assert mark.startswith(f"{MARK}: {why}")
    found["services"]["ssh"].pop("ports", None)
    found["service_items"]["pause"] = []
    assert found == wanted


MAIL = """
[mail]  # postfix runs on mars
system = "postfix"
domains = []  # FILL IN: the domains
maildir = "Maildir"

[mail.production]
inet_interfaces = "loopback-only"
"""


def test_a_table_that_is_refused_goes_with_those_in_it_under_one_mark() -> None:
    kept = loading.site_loading(PATH, SITE + MAIL + TREE, HOSTS)
    site_of(PATH, kept, HOSTS)
    assert tomllib.loads(kept) == tomllib.loads(SITE + TREE)
    assert [line for line in kept.splitlines() if MARK in line] == [
        f"{MARK}: [mail] domains: this key is missing; a list with something in it was expected"
    ]
    assert '# inet_interfaces = "loopback-only"' in kept
    assert "qmail" not in kept
    assert "control" not in kept


@pytest.mark.parametrize("system", ["postfix", "exim4"])
def test_a_mail_system_without_domains_is_asked_once_and_what_is_filled_in_loads(system: str) -> None:
    files = {mail.EXIM: "dc_local_interfaces='127.0.0.1'\n"}
    page, here = Page(), Called({"postconf -n": "inet_interfaces = loopback-only\n"}, files)
    mail.tell(page, here, Called({}), {system: Daemon(system, system)}, (MARS, VENUS))
    service = f'[services.{system}]\ninit = "{system}"\nprocess = "x"\nproduction = "on"\nstandby = "on"\n'
    text = f"{SITE}{page.text}{service}"
    kept = loading.site_loading(PATH, text, HOSTS)
    [mark] = [line for line in kept.splitlines() if MARK in line]
    assert mark.startswith('domains = ["mars.example.net"]  # FILL IN: the domains that production takes mail for')
    assert site_of(PATH, kept, HOSTS).domains == ["mars.example.net"]


def test_a_reason_without_lines_of_its_own_stands_above_all() -> None:
    text = SITE.replace("services.ssh", "services.sshd")
    first, _, rest = loading.site_loading(PATH, text, HOSTS).partition("\n")
    assert (first, rest) == (f"{MARK}: [services.ssh]: this section is missing (phases 2, 4 and 7 restart it)", text)


def test_two_clusters_are_two_servers() -> None:
    page = Page()
    inits = ("postgresql@15-main", "postgresql@17-main")
    data._databases(page, [(Daemon(init, "postgres"), "postgresql") for init in inits], "mars")
    assert [one["cluster"] for one in tomllib.loads(page.text)["databases"]] == ["15-main", "17-main"]
    one = Page()
    data._databases(one, [(Daemon(inits[0], "postgres"), "postgresql")], "mars")
    assert "cluster" not in tomllib.loads(one.text)["databases"][0]


def _eyes(role: str, *addresses: str) -> Host:
    entry: Any = getattr(HOSTS, role)
    lines = "".join(f"2: eth0 inet6 {one}/64 scope global \\ valid_lft forever\n" for one in addresses)
    eyes = Host({"hostname -f": entry.fqdn, "ip -o -6": lines})
    eyes.link = type("Link", (), {"entry": entry})()
    return eyes


@pytest.mark.parametrize("theirs", [(), ("2001:db8::2", "2001:db8::3")])
def test_ipv6_that_cannot_change_places_is_asked_about(theirs: tuple[str, ...]) -> None:
    text = writing.hosts_ini(HOSTS, _eyes("production", "2001:db8::1"), _eyes("standby", *theirs))
    found = inventory_of(Path("/seat/hosts.ini"), text)
    assert {host.ipv6 for host in found.pair} == {""}
    assert text.count(MARK) == 1 + bool(theirs)
    text = writing.hosts_ini(HOSTS, _eyes("production", "2001:db8::1"), _eyes("standby", "2001:db8::2"))
    assert [host.ipv6 for host in inventory_of(Path("/seat/hosts.ini"), text).pair] == ["2001:db8::1", "2001:db8::2"]
    assert MARK not in text

"""Remedies speak of the site's own services, by the host's own service manager."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.unit.pairs import pair
from verify.by_hand import act, log_of, turn_off
from verify.kinds import Kind, init_of, names_of
from verify.mail_words import words_of
from verify.world import Server

VERIFY = Path(__file__).parents[3] / "verify"
# Where a service manager's own words may stand in verify/: they look at it, or choose between the two.
OF_A_MANAGER = {
    "by_hand.py": "it chooses",
    "facts.py": "paths that are read",
    "test_processes.py": "sysvinit's links and scripts, where the host has them; systemd's units, where it has those",
    "units.py": "what systemd is asked",
}


def server(name: str, systemd: bool) -> Server:
    inventory, site = pair(name)
    entry = inventory.production
    seen = SimpleNamespace(
        name=entry.name, entry=entry, world=SimpleNamespace(site=site), facts=SimpleNamespace(systemd=systemd)
    )
    return cast(Server, seen)


@pytest.mark.parametrize(
    ("name", "kind", "init"),
    [
        ("2011", "web", "apache2"), ("2011", "names", "bind"), ("2011", "mailboxes", "openbsd-inetd"),
        ("2011", "smtp", "tcpserver"), ("2011", "mail", "qmail"), ("2011", "ssh", "ssh"),
        ("mars", "web", "nginx"), ("mars", "fail2ban", "fail2ban"),
        ("today", "names", "named"), ("today", "mailboxes", "dovecot"), ("today", "mail", "postfix"),
    ],
)  # fmt: skip
def test_a_service_is_called_as_site_toml_calls_it(name: str, kind: Kind, init: str) -> None:
    site = pair(name)[1]
    assert init_of(site, kind) == init
    assert [site.services[one].init for one in names_of(site, kind)][:1] in ([init], [])


def test_the_hosts_own_service_manager_is_named() -> None:
    assert act(server("2011", False), "restart", "web") == "service apache2 restart"
    assert act(server("today", True), "restart", "web") == "systemctl restart apache2"
    assert turn_off(server("2011", False), "names") == "service bind stop; update-rc.d bind disable"
    assert turn_off(server("today", True), "names") == "systemctl disable --now named"
    assert log_of(server("today", True), "mailboxes") == "journalctl -u dovecot"


@pytest.mark.parametrize("systemd", [True, False])
@pytest.mark.parametrize("name", ["2011", "today"])
def test_the_words_of_mail_name_one_service_manager(name: str, systemd: bool) -> None:
    said = " ".join(words_of(server(name, systemd)))
    assert ("systemctl" in said) is systemd
    assert ("service " in said) is not systemd
    assert "init.d" not in said


def test_no_check_names_a_service_manager_by_itself() -> None:
    found = []
    for path in sorted(VERIFY.glob("*.py")):
        if path.name in OF_A_MANAGER:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        found += [
            f"{path.name}: {one}" for one in texts if any(word in one for word in ("init.d", "systemctl", "journalctl"))
        ]
    assert found == []

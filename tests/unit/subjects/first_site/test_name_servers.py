"""Name servers in what `fab init` writes: which items touch them, and whom production asks."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from irekae.site.inventory import HostEntry
from irekae.site.marks import MARK
from irekae.subjects.first_site import served, services
from irekae.subjects.first_site.page import Page
from tests.unit.subjects.first_site.test_first_site import Host


@pytest.mark.parametrize("process", ["named", "unbound", "nsd"])
def test_a_name_server_without_zones_of_dns_is_turned_off_and_on_as_other_services_are(process: str) -> None:
    server = services.Daemon(process, process, ["tcp/53", "udp/53"])
    page, other = Page(), Page()
    services.tell(page, {server.name: server}, {}, ("mars", "venus"), {}, zones=False)
    items = tomllib.loads(page.text)["service_items"]
    assert items == {key: [] for key in items} | {"retire": [server.name], "boot_web": [server.name]}
    services.tell(other, {server.name: server}, {}, ("mars", "venus"), {}, zones=True)
    items = tomllib.loads(other.text)["service_items"]
    assert items == {key: [] for key in items} | {"retire_dns": [server.name], "boot_dns": [server.name]}
    assert [line.startswith(f"{MARK}: nsd runs on mars") for line in page.lines if MARK in line] == (
        [True] if process == "nsd" else []
    )


class Asking(Host):
    """Such a host with an address."""

    entry: Any = HostEntry("mars", "production", "192.0.2.10", "mars.example.net")


@pytest.mark.parametrize(
    ("asked", "options", "ask_itself"),
    [
        ("192.0.2.53", "recursion no;", False),
        ("192.0.2.53", "recursion yes;", None),
        ("127.0.0.1", "recursion no;", None),
        ("192.0.2.10\nnameserver 192.0.2.53", "recursion no;", None),
    ],
)
def test_who_asks_others_than_its_own_name_server_goes_on_so(asked: str, options: str, ask_itself: bool | None) -> None:
    conf = f'options {{ {options} }};\nzone "example.org" {{ type primary; file "/var/lib/bind/o"; }};\n'
    host = Asking({"named-checkconf": conf}, {"/etc/resolv.conf": f"nameserver {asked}\n"})
    page = Page()
    served.dns(page, host, host, ("mars.example.net", "venus.example.net"), {})
    assert tomllib.loads(page.text)["dns"].get("ask_itself") is ask_itself

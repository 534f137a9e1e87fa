"""Services that are declared on and are off: found before the swap, not by its acceptance (0.2)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.inventory import inventory_of
from irekae.site.site import Service, load_site
from irekae.subjects.preflight import services
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.systemd_host import Systemd, Unit
from tests.unit.sysvinit_host import Sysvinit


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> tuple[Swap, Sysvinit, Sysvinit]:
    names = [service.init for service in swap.site.services.values()]
    return swap.for_pair(find_item("0.2")), Sysvinit(ika, *names), Sysvinit(tako, *names)


def told(swap: Swap) -> list[tuple[str, str]]:
    return [(one.where, one.what.partition(" (")[0]) for one in services.as_declared(swap)]


def test_what_runs_and_starts_at_boot_as_declared_is_right(pair: tuple[Swap, Sysvinit, Sysvinit]) -> None:
    assert told(pair[0]) == []


@pytest.mark.parametrize("name", ["apache2", "cron", "tcpserver"])
def test_what_is_off_on_production_is_told(pair: tuple[Swap, Sysvinit, Sysvinit], name: str) -> None:
    swap, ika, _ = pair
    ika.running.discard(name)
    ika.unlink(name)
    assert told(swap) == [
        ("ika", f"{name} is declared on, and does not run"),
        ("ika", f"{name} is declared on, and does not start at boot"),
    ]


def test_what_the_standby_is_to_have_off_or_gets_in_phase_7_may_be_off_there(
    pair: tuple[Swap, Sysvinit, Sysvinit],
) -> None:
    swap, _, tako = pair
    tako.running.discard("apache2")
    for name in ("apache2", "tcpserver", "bind"):
        tako.unlink(name)
    assert told(swap) == []
    tako.running.discard("qmail")
    tako.unlink("cron")
    assert told(swap) == [
        ("tako", "qmail is declared on, and does not run"),
        ("tako", "cron is declared on, and does not start at boot"),
    ]


def _with_service(swap: Swap, production: str, standby: str, **items: list[str]) -> list[str]:
    """What `moved` says of this site with one service more, in these lists further."""
    more = Service("gitea", "gitea", cast(Any, production), cast(Any, standby))
    lists = {name: [*getattr(swap.site.service_items, name), *members] for name, members in items.items()}
    site = structs.replace(
        swap.site,
        services={**swap.site.services, "gitea": more},
        service_items=structs.replace(swap.site.service_items, **lists),
    )
    return [one.what for one in services.moved(cast(Swap, SimpleNamespace(site=site)))]


def test_what_one_role_alone_has_on_is_turned_by_items(swap: Swap) -> None:
    said = "[services] gitea is on at"
    assert list(services.moved(swap)) == []
    assert _with_service(swap, "on", "off") == [
        f"{said} production alone, and no item turns it off on the old one",
        f"{said} production alone, and no item turns it on on the new one",
    ]
    assert len(_with_service(swap, "on", "off", retire=["gitea"])) == 1
    assert _with_service(swap, "on", "off", retire=["gitea"], boot_web=["gitea"]) == []
    assert _with_service(swap, "on", "any") == _with_service(swap, "on", "on") == []
    assert _with_service(swap, "off", "on") == [f"{said} the standby alone, and no item turns it on or off"]


@pytest.mark.parametrize("name", ["today", "office"])
def test_the_other_pairs_of_the_lab_turn_what_differs_by_role(name: str) -> None:
    profile = Path(__file__).parents[4] / "lab/profiles" / name
    first, second = {"today": ("mars", "venus"), "office": ("juno", "vesta")}[name]
    text = (
        f"[production]\n{first} ansible_host=192.0.2.1 fqdn={first}.example.net\n"
        f"[standby]\n{second} ansible_host=192.0.2.2 fqdn={second}.example.net\n"
    )
    site = load_site(inventory_of(profile / "hosts.ini", text), profile / "site.toml")
    assert list(services.moved(cast(Swap, SimpleNamespace(site=site)))) == []


def test_what_the_host_does_not_know_is_told(pair: tuple[Swap, Sysvinit, Sysvinit], ika: FarEnd) -> None:
    ika.path("/etc/init.d/apache2").unlink()
    assert ("ika", "no service 'apache2'") in told(pair[0])


def test_what_is_one_hosts_own_need_not_be_known_to_the_other(pair: tuple[Swap, Sysvinit, Sysvinit]) -> None:
    swap, site = pair[0], pair[0].site
    own, either = Service("nginx", "nginx", "any", "any"), Service("nginx", "nginx", "on", "any")
    for service, items, said in (
        (own, site.service_items, []),
        (own, structs.replace(site.service_items, pause=["qmail", "own"]), ["ika", "tako"]),  # 1.3 stops it
        (either, site.service_items, ["ika", "tako"]),
    ):
        swap.site = structs.replace(site, services={**site.services, "own": service}, service_items=items)
        assert told(swap) == [(host, "no service 'nginx'") for host in said]


def test_an_alias_that_is_gone_is_told_with_the_name_of_its_unit(swap: Swap, ika: FarEnd) -> None:
    pair = swap.for_pair(find_item("0.2"))
    host = Systemd(ika, **{f"{service.init}_service": Unit() for service in swap.site.services.values()})
    del host.units["apache2.service"]
    found = "/usr/lib/systemd/system/httpd.service\n"
    ika.commands = lambda argv, stdin: (0, found) if argv[0] == "grep" else host(argv, stdin)
    [obstacle] = [one for one in services.as_declared(pair) if "no service 'apache2'" in one.what]
    assert "apache2 is only an alias of httpd.service, there while that is enabled" in str(obstacle)


def test_two_names_of_one_unit_are_told(swap: Swap, ika: FarEnd) -> None:
    pair = swap.for_pair(find_item("0.2"))
    host = Systemd(ika, **{f"{service.init}_service": Unit() for service in swap.site.services.values()})
    del host.units["apache2.service"]
    host.units["cron.service"].alias = "apache2.service"
    ika.boot["systemd/system/apache2.service"] = "cron.service"
    assert ("ika", "[services] apache2 and cron are one: cron.service") in told(pair)

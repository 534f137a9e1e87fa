"""7.2 takes no domain from production's exim4 that nobody has given up: phase 0 tells what would change."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.model.items import Item, On, find_item, item
from irekae.site.mail import Exim
from irekae.site.site import needed
from irekae.subjects.mail import system_of
from irekae.subjects.mail.debian_exim import value_of
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import EximCase

SETTINGS = "/etc/exim4/update-exim4.conf.conf"
MACROS = "/etc/exim4/exim4.conf.localmacros"
OWN = "ika-itpass.scitec.kobe-u.ac.jp"
HEALTHY = {"dc_other_hostnames": f"itpass.x:virtual.x:{OWN}:localhost"}


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    item("0.2", "", "Obstacles", on=On.PAIR)(lambda swap: None)


def found(
    swap: Swap, ika: FarEnd, values: dict[str, str], macros: str = "", given: dict[str, str] | None = None
) -> list[str]:
    """The obstacles of production with those files; given: [mail.production]."""
    case = EximCase(swap)
    mail = needed(case.swap.site.mail)
    assert isinstance(mail, Exim)
    case.swap.site = replace(case.swap.site, mail=replace(mail, production=given or {}))
    case.lay_out(ika)
    ika.put(SETTINGS, "".join(f"{name}='{value}'\n" for name, value in values.items()))
    ika.put(MACROS, macros)
    ika.put("/etc/mailname", "itpass.x\n")
    spool = "spool_directory = /var/spool/exim4\n"
    ika.commands = lambda argv, stdin: (0, spool if "-bP" in argv else "yes\n")
    view = case.swap.for_pair(find_item("0.2"))
    return [str(one) for one in system_of(case.swap.site).obstacles(view.production)]


@pytest.mark.parametrize(
    ("values", "macros"),
    [
        ({}, ""),
        ({"dc_other_hostnames": "Virtual.x; itpass.x ;localhost.localdomain;"}, ""),
        ({"dc_local_interfaces": "0.0.0.0 ; ::0"}, ""),
        ({}, "MAIN_QUALIFY_DOMAIN = itpass.x\nMAIN_LOCAL_DOMAINS = @ : localhost : itpass.x\nqueue_only = true\n"),
    ],
)
def test_what_means_the_same_is_no_obstacle(swap: Swap, ika: FarEnd, values: dict[str, str], macros: str) -> None:
    assert found(swap, ika, {**HEALTHY, **values}, macros) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dc_other_hostnames", f"itpass.x:virtual.x:more.x:{OWN}"),
        ("dc_relay_domains", "backup.x"),
        ("dc_local_interfaces", "127.0.0.1 ; ::1"),
        ("dc_local_interfaces", "192.0.2.10"),
    ],
)
def test_what_7_2_would_change_is_told_with_the_line_that_keeps_it(
    swap: Swap, ika: FarEnd, name: str, value: str
) -> None:
    values = {**HEALTHY, name: value}
    told = found(swap, ika, values)
    assert [f'write `{name} = "{value}"` into [mail.production]' in " ".join(line.split()) for line in told] == [True]
    assert found(swap, ika, values, given={name: value}) == []


@pytest.mark.parametrize(
    ("macros", "what"),
    [
        ("MAIN_LOCAL_DOMAINS = @:localhost:dsearch;/etc/exim4/virtual\n", "dsearch;/etc/exim4/virtual today, by MAIN_"),
        ("MAIN_QUALIFY_DOMAIN = other.x\n", "senders would be of itpass.x"),
    ],
)
def test_a_macro_of_somebodys_own_is_told_before_7_2_takes_it_out(
    swap: Swap, ika: FarEnd, macros: str, what: str
) -> None:
    told = found(swap, ika, HEALTHY, macros)
    assert [what in line for line in told] == [True]


def test_a_domain_that_is_relayed_to_is_not_made_local(swap: Swap, ika: FarEnd) -> None:
    assert found(swap, ika, {**HEALTHY}, given={"dc_relay_domains": "Virtual.x"}) != []
    view = swap.for_pair(find_item("0.2"))
    system_of(swap.site).take_mail(view.production)
    written = ika.path(SETTINGS).read_bytes()
    assert value_of(written, "dc_relay_domains") == "Virtual.x"
    assert "virtual.x" not in value_of(written, "dc_other_hostnames")

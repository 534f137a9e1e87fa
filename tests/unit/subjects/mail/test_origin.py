"""The domain of what the standby's programs send without one changes only where somebody has said so: 0.2 tells it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from irekae.model.items import Item, On, find_item, item
from irekae.site.mail import Exim, Postfix
from irekae.site.site import Site, needed
from irekae.subjects.mail import system_of
from irekae.subjects.mail.origin import is_own
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import EximCase, PostfixCase


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    item("0.2", "", "Obstacles", on=On.PAIR)(lambda swap: None)


def found(swap: Swap, tako: FarEnd, case: Any, said: str, **mail: Any) -> list[str]:
    """The obstacles of the standby with that domain today; mail: what [mail] of site.toml says."""
    own: Site = case.swap.site
    kind = needed(own.mail)
    assert isinstance(kind, Postfix | Exim)
    general = replace(own.site, administrators="noc@elsewhere.net")
    case.swap.site = replace(own, site=general, mail=replace(kind, **mail))
    case.lay_out(tako)
    if isinstance(kind, Postfix):
        tako.put(
            "/etc/postfix/main.cf", f"myhostname = tako.example.org\nmyorigin = {said}\nmydestination = localhost\n"
        )
        tako.put("/etc/mailname", "example.org\n")
        tako.commands = case.commands(tako)
    else:
        tako.put("/etc/exim4/update-exim4.conf.conf", "dc_other_hostnames=''\n")
        tako.put("/etc/exim4/exim4.conf.localmacros", said)
        tako.put("/etc/mailname", "example.org\n")
        spool = "spool_directory = /var/spool/exim4\n"
        tako.commands = lambda argv, stdin: (0, spool if "-bP" in argv else "yes\n")
    view = case.swap.for_pair(find_item("0.2"))
    return [str(one) for one in system_of(case.swap.site).obstacles(view.standby)]


@pytest.mark.parametrize("said", ["example.org", "/etc/mailname"])
def test_a_domain_of_postfix_that_the_administrators_address_would_change_is_an_obstacle(
    swap: Swap, tako: FarEnd, said: str
) -> None:
    [told] = found(swap, tako, PostfixCase(swap), said)
    assert "is of example.org today, and 7.1 would make it elsewhere.net" in told
    assert 'write `origin = "example.org"` into [mail]' in told


@pytest.mark.parametrize(
    ("said", "mail"),
    [
        ("example.org", {"origin": "example.org"}),
        ("example.org", {"standby": {"myorigin": "example.org"}}),
        ("$myhostname", {}),
        ("localhost", {}),
        ("Elsewhere.net", {}),
    ],
)
def test_one_that_stays_or_is_said_or_is_the_host_s_own_name_is_none(
    swap: Swap, tako: FarEnd, said: str, mail: dict[str, Any]
) -> None:
    assert found(swap, tako, PostfixCase(swap), said, **mail) == []


def test_exim_has_it_of_a_macro_or_of_mailname(swap: Swap, tako: FarEnd) -> None:
    for macros, today in (("", "example.org"), ("MAIN_QUALIFY_DOMAIN = example.net\n", "example.net")):
        [told] = found(swap, tako, EximCase(swap), macros)
        assert f"is of {today} today" in told
    assert found(swap, tako, EximCase(swap), "", origin="example.org") == []
    assert found(swap, tako, EximCase(swap), "MAIN_QUALIFY_DOMAIN = elsewhere.net\n") == []


def test_7_1_writes_what_the_site_says_else_the_administrators_domain(swap: Swap) -> None:
    for case in (PostfixCase(swap), EximCase(swap)):
        site = case.swap.site
        general = replace(site.site, administrators="noc@elsewhere.net")
        assert replace(site, site=general).mail_origin == "elsewhere.net"
        mail = replace(needed(site.mail), origin="example.org")
        assert replace(site, site=general, mail=mail).mail_origin == "example.org"


def test_a_host_s_own_name_is_no_domain_that_anybody_keeps() -> None:
    names = ["venus", "venus.example.net"]
    assert all(is_own(one, names) for one in ("", "VENUS.example.net.", "venus", "localhost.localdomain"))
    assert not is_own("example.net", names)

"""Production and standby named the wrong way round (0.2): told where it is clear, and never of a healthy pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects import preflight
from irekae.subjects.preflight import roles
from irekae.subjects.preflight.roles import Shown, backwards, ports_of
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

WEB = ('tcp LISTEN 0 5 *:80 *:* users:(("apache2",pid=1,fd=4))', 'tcp LISTEN 0 5 *:443 *:* users:(("apache2",pid=1))')
DNS = ('udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("named",pid=2,fd=4))',)
BOX = ('tcp LISTEN 0 5 [::]:110 [::]:* users:(("inetd",pid=3,fd=4))',)
MAIL = ('tcp LISTEN 0 5 0.0.0.0:25 0.0.0.0:* users:(("tcpserver",pid=4,fd=4))',)
LOCAL = (
    'udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=5,fd=4))',
    'tcp LISTEN 0 5 [::1]:80 [::]:* users:(("nginx",pid=6,fd=4))',
    'udp UNCONN 0 0 192.168.122.1:53 0.0.0.0:* users:(("dnsmasq",pid=7,fd=4))',
)
IKA, TAKO = "133.30.109.21", "133.30.109.22"


def shows(far: FarEnd, sockets: Iterable[str], homes: Sequence[str] = (), leads: str = "") -> None:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        said = {"ss": "".join(f"{line}\n" for line in sockets), "getent": f"{leads} STREAM\n" if leads else ""}
        return 0, said.get(argv[0], "")

    far.commands = answer
    for home in homes:
        far.put(f"/home/{home}/.profile", "")
    far.put("/home/popcheck/.profile", "")


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


USERS = [f"user{number}" for number in range(10)]


def test_a_standby_that_serves_and_has_the_homes_is_production(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shows(ika, MAIL)
    shows(tako, [*WEB, *DNS, *BOX, *MAIL], USERS)
    [found] = roles.taken_for_each_other(pair)
    assert found.what == (
        "tako looks like production, and ika like the standby: apache2 listens on tcp/80, tcp/443 of tako, and nothing "
        "does on ika; inetd listens on tcp/110 of tako, and nothing does on ika; named listens on udp/53 of tako, and "
        "nothing does on ika; tako has 10 homes that ika lacks, and lacks 0. tako's data would be overwritten"
    )


def test_one_kind_of_service_and_the_name_that_leads_there_are_enough(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shows(ika, MAIL, leads=TAKO)
    shows(tako, [*WEB, *MAIL], leads=TAKO)
    [found] = roles.taken_for_each_other(pair)
    assert "itpass.scitec.kobe-u.ac.jp leads to tako" in found.what


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([*WEB, *DNS, *BOX, *MAIL], MAIL),  # as it is between two swaps
        ([*WEB, *DNS, *BOX, *MAIL], [*WEB, *DNS, *BOX, *MAIL]),  # freshly installed: Debian starts everything
        ([], []),
        (MAIL, [*MAIL, *LOCAL]),
        (MAIL, [*MAIL, *WEB]),  # the standby's own pages
        ([*BOX, *MAIL], [*WEB, *DNS, *MAIL]),  # and a name server of its own
    ],
)
@pytest.mark.parametrize("there", [[], USERS[:4]])
def test_a_healthy_pair_is_left_alone(
    pair: Swap, ika: FarEnd, tako: FarEnd, ours: Sequence[str], theirs: Sequence[str], there: list[str]
) -> None:
    shows(ika, ours, USERS, leads=IKA)
    shows(tako, theirs, there, leads=IKA)
    assert list(roles.taken_for_each_other(pair)) == []


def test_homes_alone_say_nothing(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shows(ika, MAIL)
    shows(tako, MAIL, USERS)
    assert list(roles.taken_for_each_other(pair)) == []


def test_what_is_declared_to_run_on_the_standby_says_nothing(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shows(ika, MAIL)
    shows(tako, [*WEB, *DNS, *MAIL])
    assert list(roles.taken_for_each_other(pair))
    services = pair.site.services
    own = {name: replace(services[name], production="any", standby="any") for name in ("apache2", "bind")}
    pair.site = replace(pair.site, services={**services, **own})
    assert list(roles.taken_for_each_other(pair)) == []


@pytest.mark.parametrize("seen", [(IKA, TAKO), ("10.0.0.9", "10.0.0.9"), ("", ""), ("127.0.1.1", "127.0.1.1")])
def test_a_name_that_leads_to_both_or_elsewhere_says_nothing(
    pair: Swap, ika: FarEnd, tako: FarEnd, seen: tuple[str, str]
) -> None:
    shows(ika, MAIL, leads=seen[0])
    shows(tako, [*MAIL, *WEB], leads=seen[1])
    assert list(roles.taken_for_each_other(pair)) == []


def test_of_hosts_taken_for_each_other_nothing_else_is_told(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shows(ika, MAIL)
    shows(tako, [*WEB, *DNS, *MAIL])
    ika.facts["hostname"], tako.facts["hostname"] = "ika", "tako"
    found = [one for one in preflight.obstacles(pair) if "is not decided" not in one]
    assert len(found) == 1
    assert found[0].startswith("tako looks like production")


def test_a_host_that_serves_on_its_own_address_serves() -> None:
    line = (
        'tcp LISTEN 0 5 192.0.2.10%eth0:80 0.0.0.0:* users:(("apache2",pid=1,fd=4))\ntcp LISTEN 0 5 192.0.2.10:443 *:*'
    )
    assert ports_of(line, ["192.0.2.10"]) == {"tcp/80": "apache2", "tcp/443": "a daemon"}
    assert ports_of(line, ["192.0.2.11"]) == {}


def test_the_facts_for_both_are_weighed() -> None:
    ours = Shown("a", {"tcp/110": "dovecot"}, frozenset({"x"}))
    theirs = Shown("b", {"tcp/80": "nginx", "tcp/53": "unbound"}, frozenset())
    assert backwards(ours, theirs) == []
    assert len(backwards(Shown("a", {}, frozenset({"x"})), theirs)) == 2

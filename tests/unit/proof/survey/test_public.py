"""Production is asked at the addresses of both families."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from irekae.proof.survey import public
from irekae.proof.survey.looking import Kinds
from irekae.swap.swap import Swap

SIX = "2001:db8::21"
SEEN: Kinds = {
    "virtual host": {"80 www.example.org": "/srv"},
    "listener": {"tcp/80 apache2": "any IPv4"},
    "zone record": {"example.org: www.example.org. A": "x"},
}


class Link:
    """Another computer: what it is asked, by address; every page has a link to a second one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    def ask(self, op: str, address: str, **arguments: Any) -> Any:
        self.asked.append((op, address, arguments))
        if op == "seen_pages":
            further = ["http://www.example.org/more"] if arguments["most"] else []
            return dict.fromkeys([*arguments["urls"], *further], "200")
        if op == "seen_ports":
            return {"port": {f"tcp/{port}": "open" for port in arguments["ports"]}, "greeting": {}, "certificate": {}}
        if op == "seen_answers":
            return {f"{name} {kind}": "with authority, 1 records" for name, kind, _ in arguments["questions"]}
        return {"recursion": "refused"}


@pytest.fixture
def asked(swap: Swap) -> tuple[Swap, Link]:
    entry = swap.inventory.production
    hosts = {name: replace(host, ipv6=SIX) if host == entry else host for name, host in swap.inventory.hosts.items()}
    return replace(swap, inventory=replace(swap.inventory, hosts=hosts)), Link()


def test_what_one_family_has_the_other_is_asked_for(asked: tuple[Swap, Link]) -> None:
    swap, link = asked
    found = public._asked(link, swap, SEEN, None)  # type: ignore[arg-type]
    assert found["port"] == {"tcp/80": "open", "tcp/80 over IPv6": "open"}
    assert found["record answered"].keys() == {"www.example.org A", "www.example.org A over IPv6"}
    assert "http://www.example.org/ over IPv6" in found["page"]
    assert "http://www.example.org/more" in found["page"]
    assert "http://www.example.org/more over IPv6" not in found["page"]


def test_afterwards_the_same_is_asked_for_again(asked: tuple[Swap, Link]) -> None:
    swap, link = asked
    before = public._asked(link, swap, SEEN, None)  # type: ignore[arg-type]
    link.asked.clear()
    assert public._asked(link, swap, SEEN, before) == before  # type: ignore[arg-type]
    pages = {address: arguments["urls"] for op, address, arguments in link.asked if op == "seen_pages"}
    assert "http://www.example.org/more" in pages[swap.inventory.production.address]
    assert not any("IPv6" in url for urls in pages.values() for url in urls)

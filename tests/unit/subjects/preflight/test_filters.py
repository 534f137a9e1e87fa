"""Packet filters that admit by the host's own address (0.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import filters
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

IKA, TAKO = "133.30.109.21", "133.30.109.22"


def told(swap: Swap, far: FarEnd, *rules: str) -> list[str]:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, "".join(f"{rule}\n" for rule in rules) if argv[:2] == ["sh", "-c"] else ""

    far.commands = answer
    return [one.what for one in filters.by_address(swap.for_pair(find_item("0.2")))]


@pytest.mark.parametrize(
    "rule",
    [
        f"\t\tip daddr {IKA} tcp dport 22 counter packets 12 bytes 900 accept",
        f"\t\tip daddr {{ {IKA}, 10.0.0.1 }} tcp dport {{ 22, 80 }} accept",
        f'\t\tiifname "eth0" ip daddr {IKA} jump mine',
        f"\t\tip daddr != {IKA} drop",
        f"\t\tip daddr != {{ {IKA}, 10.0.0.1 }} reject",
        f"-A ufw-user-input -d {IKA}/32 -p tcp -m tcp --dport 22 -j ACCEPT",
        f"-A INPUT -d {IKA}/32 -j MINE",
        f"-A INPUT ! -d {IKA}/32 -j DROP",
        f"-A PREROUTING -d {IKA}/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80",
    ],
)
def test_a_rule_that_admits_by_the_own_address_is_told(swap: Swap, ika: FarEnd, rule: str) -> None:
    (one,) = told(swap, ika, rule)
    assert one.startswith(f"the packet filter goes by {IKA}: ")
    assert "packets" not in one


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (f"\t\tip daddr {{ {IKA}, {TAKO} }} accept",),
        (f"\t\tip daddr {IKA} counter packets 1 bytes 2 accept", f"ip daddr {TAKO} counter packets 3 bytes 4 accept"),
        (f"-A INPUT -d {IKA}/32 -j ACCEPT", f"-A INPUT -d {TAKO}/32 -j ACCEPT"),
        (f"\t\tip saddr {TAKO} tcp dport 873 accept",),
        (f"-A INPUT -s {IKA}/32 -j ACCEPT",),
        (f"-A f2b-sshd -s {TAKO}/32 -j REJECT --reject-with icmp-port-unreachable",),
        (f"\t\tip daddr {IKA} tcp dport 23 drop",),
        (f"-A INPUT -d {IKA}/32 -j LOG --log-prefix \"accept \"",),
        (f'-A INPUT -d 10.0.0.1/32 -m comment --comment "not {IKA}" -j ACCEPT',),
        (f"-A INPUT -d {IKA}0/32 -j ACCEPT",),
        ("-A INPUT -d 133.30.109.0/24 -j ACCEPT",),
        (f"\t\telements = {{ {IKA}, 10.0.0.1 }}",),
    ],
)  # fmt: skip
def test_what_names_both_or_others_or_shuts_out_is_right(swap: Swap, ika: FarEnd, rules: Sequence[str]) -> None:
    assert told(swap, ika, *rules) == []


def test_many_rules_are_told_as_one(swap: Swap, ika: FarEnd) -> None:
    (one,) = told(swap, ika, *(f"-A INPUT -d {IKA}/32 -p tcp -m tcp --dport {port} -j ACCEPT" for port in (22, 25, 80)))
    assert one.endswith("--dport 22 -j ACCEPT, and 2 more")

"""Operators of site.toml of whom no host knows: 1.7 would keep out whoever is meant (0.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import accounts
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


def knows(far: FarEnd, *names: str, otherwise: int = 2) -> None:
    """These accounts are found there, in whatever database."""

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        assert list(argv[:2]) == ["getent", "passwd"]
        found = argv[2] in names
        return (0, f"{argv[2]}:x:30001:30001::/home/{argv[2]}:/bin/bash\n") if found else (otherwise, "")

    far.commands = answer


def test_operators_that_both_hosts_know_are_right(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for far in (ika, tako):
        knows(far, "hayashi", "mori")
    assert list(accounts.operators(pair)) == []


def test_one_whom_neither_host_knows_is_told(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for far in (ika, tako):
        knows(far, "hayashi")
    (found,) = accounts.operators(pair)
    assert found.what.startswith("[site] operators names mori, and neither host has such an account")


def test_one_whom_a_single_host_knows_is_said_and_no_obstacle(
    pair: Swap, ika: FarEnd, tako: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    knows(ika, "hayashi", "mori")
    knows(tako, "hayashi")
    assert list(accounts.operators(pair)) == []
    said = capsys.readouterr()
    assert "0.2 tako: mori, an operator by site.toml, has no account here" in said.out + said.err


def test_where_accounts_cannot_be_asked_nothing_is_missed(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for far in (ika, tako):
        knows(far, otherwise=3)  # getent(1): this database cannot be listed
    assert list(accounts.operators(pair)) == []

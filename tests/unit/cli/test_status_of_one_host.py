"""`fab status` while one host is off: the other one, and since when this one is silent."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from irekae.cli import commands, session
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.swap import heard
from irekae.swap.swap import Swap
from tests.unit.small_procedure import begun, declare, do

C = SimpleNamespace()


def act(host: Host, swap: Swap) -> None: ...


@pytest.fixture(autouse=True)
def connected(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    """A procedure of one item."""
    begun(swap)
    declare("1.1", On.BOTH, act)
    monkeypatch.setattr(session, "connected", lambda **_: swap)


def off(swap: Swap, name: str) -> None:
    swap.links.pop(name)
    swap.silent[name] = SwapError(f"{name} (198.51.100.22) does not answer")


def test_status_with_one_host_off_shows_the_other_and_since_when_this_one_is_silent(
    swap: Swap, capsys: pytest.CaptureFixture[str]
) -> None:
    do(swap, "1.1")
    heard.keep(swap)
    off(swap, "tako")
    capsys.readouterr()
    with pytest.raises(SwapError, match="one host is silent: only the other is shown") as raised:
        commands.status(C)
    assert raised.value.status is Status.INCOMPLETE
    told = capsys.readouterr().out
    assert re.search(r"^As of 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$", told, re.M)
    assert re.search(r"^ 1  Start +=$", told, re.M), "what ika remembers"
    why, since = raised.value.detail.splitlines()
    assert why == "tako (198.51.100.22) does not answer"
    assert re.search(r"silent since 20\S+ \S+ [+-]\d{4}, when this seat last heard of it", since)


def test_a_seat_that_never_heard_of_the_silent_host_says_so(swap: Swap) -> None:
    off(swap, "tako")
    with pytest.raises(SwapError) as raised:
        commands.status(C)
    assert "this seat has never heard of it" in raised.value.detail

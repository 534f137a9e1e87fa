"""What begins the swap is not waived: nothing would have begun."""

from __future__ import annotations

from typing import Any

import pytest

from irekae.cli import by_hand, session
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.swap.begin import begin
from irekae.swap.swap import Swap
from tests.unit.small_procedure import declare


def test_what_begins_the_swap_is_not_waived_before_there_is_one(
    swap: Swap, items: dict[str, Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare("0.2", On.PAIR, lambda swap: None)
    monkeypatch.setattr(session, "connected", lambda *_, **__: swap)
    call: Any = None  # what fab hands over, which is not looked at
    with pytest.raises(SwapError, match=r"0\.2 begins the swap") as raised:
        by_hand.waive(call, "0.2", "", "x")
    assert raised.value.status is Status.WRONG_USE
    assert swap.entries == {"ika": [], "tako": []}
    begin(swap.for_pair(items["0.2"]))
    by_hand.waive(call, "0.2", "", "it has begun already")
    assert [entry["event"] for entry in swap.entries["ika"]] == ["waived"]

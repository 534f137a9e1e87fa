"""The way back of one item alone."""

from __future__ import annotations

import pytest

from irekae.host.back import HARMLESS, Back
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import State
from irekae.procedure import rollback, runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare, do, state


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


def test_one_item_alone(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    ika.put("/etc/b", "1")
    declare("5.1", P, lambda host, swap: host.edit("/etc/a", lambda text: b"2", dated=False))
    declare("5.3", P, lambda host, swap: host.edit("/etc/b", lambda text: b"2", dated=False))
    do(swap, "5.1", "5.3")
    rollback.rollback_item(swap, "5.1", [])
    assert (ika.path("/etc/a").read_bytes(), ika.path("/etc/b").read_bytes()) == (b"1", b"2")
    assert state(swap, "5.3") is State.DONE


def test_one_item_is_refused_when_another_changed_the_same_file_after_it(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    declare("5.1", P, lambda host, swap: host.edit("/etc/a", lambda text: b"2", dated=False))
    declare("5.3", P, lambda host, swap: host.put("/etc/a", b"3"))
    do(swap, "5.1", "5.3")
    with pytest.raises(SwapError, match=r"5.1 cannot be taken back alone on ika") as raised:
        rollback.rollback_item(swap, "5.1", [])
    assert raised.value.detail == "5.3 changed the same files after it"
    assert raised.value.status is Status.REFUSED
    rollback.rollback_item(swap, "5.3", [])
    rollback.rollback_item(swap, "5.1", [])
    assert ika.path("/etc/a").read_bytes() == b"1"


def test_one_item_is_refused_when_a_later_phase_has_begun(swap: Swap) -> None:
    for number in ("1.1", "2.1"):
        declare(number, On.BOTH, lambda host, swap: host.run("do", undo=Back(["undo"], HARMLESS)))
    runner.run_phase(swap, 1)
    runner.run_item(swap, ITEMS["2.1"], ["tako"])
    with pytest.raises(SwapError, match="alone on tako"):
        rollback.rollback_item(swap, "1.1", ["tako"])
    rollback.rollback_item(swap, "1.1", ["ika"])
    assert state(swap, "1.1", P) is State.NOT_DONE
    assert state(swap, "1.1", S) is State.DONE

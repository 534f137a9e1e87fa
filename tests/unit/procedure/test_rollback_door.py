"""Root's door may have closed by itself before it is taken back: that was no stranger."""

from __future__ import annotations

import pytest

from irekae.host.host import Host
from irekae.model.items import Item, On
from irekae.procedure import rollback
from irekae.subjects.root_door import KEYS
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


def put_key(host: Host, swap: Swap) -> None:
    host.put(KEYS, b"ssh-ed25519 AAAA irekae-copy\n", 0o600, afresh=True)


@pytest.mark.parametrize("left", ["", "ssh-ed25519 BBBB mori\n"])
def test_a_file_of_ours_that_the_closed_door_has_emptied_goes_and_a_key_that_somebody_added_stays(
    swap: Swap, ika: FarEnd, left: str
) -> None:
    ika.path("/root/.ssh").mkdir(parents=True)
    declare("2.1", P, put_key)
    do(swap, "2.1")
    ika.put(KEYS, left, 0o600)  # the lease ended at a boot, as `without_key` says
    rollback.rollback(swap, 2)
    assert ika.path(KEYS).exists() is bool(left)


def test_the_door_that_was_closed_twice_by_itself_leaves_no_file(swap: Swap, ika: FarEnd) -> None:
    ika.path("/root/.ssh").mkdir(parents=True)
    declare("2.1", P, put_key)
    declare("3.1", P, put_key)
    for number in ("2.1", "3.1"):
        do(swap, number)
        ika.put(KEYS, "", 0o600)
    rollback.rollback(swap, 2)
    assert not ika.path(KEYS).exists()

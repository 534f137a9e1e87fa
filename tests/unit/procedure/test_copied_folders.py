"""A copied folder goes with a rollback only as it was made, also where its command died before it could tell."""

from __future__ import annotations

import pytest

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import SwapError
from irekae.model.items import ITEMS, Item
from irekae.procedure import rollback
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do, refused


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)


def test_a_copied_folder_goes_only_as_it_was_made(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    declare("1.1", P, lambda host, swap: host.copy_tree("/etc/namedb", "/etc/namedb-1"))
    do(swap, "1.1")
    ika.put("/etc/namedb-1/notes", "mine")
    assert "it was changed since we made it: notes" in refused(swap).detail
    ika.path("/etc/namedb-1/notes").unlink()
    rollback.rollback(swap, 1)
    assert not ika.path("/etc/namedb-1").exists()


def copies_and_dies(swap: Swap) -> None:
    """1.1 copies a folder, and its command ends right behind it."""

    def copy(host: Host, swap: Swap) -> None:
        host.copy_tree("/etc/namedb", "/etc/namedb-1")
        raise Lost(host.link.entry.name, "the seat is gone")

    declare("1.1", P, copy)
    with pytest.raises(SwapError):
        do(swap, "1.1")
    ITEMS.pop("1.1")
    declare("1.1", P, lambda host, swap: host.copy_tree("/etc/namedb", "/etc/namedb-1"))


def test_a_copy_whose_command_died_goes_as_it_was_made(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    copies_and_dies(swap)
    assert ika.path("/etc/namedb-1").exists()
    rollback.rollback(swap, 1)
    assert not ika.path("/etc/namedb-1").exists()


def test_a_copy_whose_command_died_stays_if_it_was_changed_since(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    copies_and_dies(swap)
    ika.put("/etc/namedb-1/notes", "mine")
    assert "notes" in refused(swap).detail
    assert ika.path("/etc/namedb-1/zone").exists()


def test_the_next_attempt_knows_what_the_last_one_copied(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    copies_and_dies(swap)
    do(swap, "1.1")
    ika.put("/etc/namedb/zone", "edited since")
    rollback.rollback(swap, 1)
    assert not ika.path("/etc/namedb-1").exists()

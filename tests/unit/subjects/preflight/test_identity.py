"""Clones: two machines that nothing tells apart (0.2)."""

from __future__ import annotations

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import identity
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def test_two_machines_of_their_own_are_no_clones(swap: Swap) -> None:
    assert list(identity.clones(swap.for_pair(find_item("0.2")))) == []


def test_a_machine_id_that_both_have_is_told(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.facts["machine_id"] = ika.facts["machine_id"]
    found = list(identity.clones(swap.for_pair(find_item("0.2"))))
    assert [obstacle.what for obstacle in found] == [
        "both machines have the machine-id id-ika: one is a clone of the other"
    ]


def test_a_host_key_that_both_have_is_told_with_its_fingerprint(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.machine.keys.append(ika.machine.keys[0])
    (found,) = identity.clones(swap.for_pair(find_item("0.2")))
    assert "the host key ssh-ed25519 SHA256:" in found.what


def test_names_are_compared_without_the_domain(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.facts["hostname"] = "ika-itpass.scitec.kobe-u.ac.jp"
    tako.facts["hostname"] = "ika"
    found = list(identity.names(swap.for_pair(find_item("0.2"))))
    assert [obstacle.where for obstacle in found] == ["tako"]

"""Names that are not UTF-8, in the baseline: shown spelled out, asked for as the host knows them."""

from __future__ import annotations

import os

from irekae.proof import baseline
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

EUC = "入替".encode("euc_jp")


def test_a_folder_is_asked_for_by_the_bytes_of_its_name(swap: Swap, ika: FarEnd) -> None:
    name = os.fsdecode(EUC)
    ika.put(f"/home/{name}/{name}", "text")
    shown = "\\xc6\\xfe\\xc2\\xd8"
    found = [path for path, _, _ in baseline._listed(swap.links["ika"], "/home", shown)]
    assert found == [name, f"{name}/{name}"]

"""Mailboxes that differ, looked at more closely: what goes through all of them is asked once of a host."""

from __future__ import annotations

import os
from functools import cache, partial

import pytest

from irekae.proof import baseline
from irekae.proof.observed import Data, Facts
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

EUC, SHOWN = "入替".encode("euc_jp"), "\\xc6\\xfe\\xc2\\xd8"
LATER = 4e9
USERS = ("asada", "gate", SHOWN)


def test_each_host_is_asked_once_for_its_users_however_many_mailboxes_differ(
    swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Swap, "exchanged", True)
    for user in ("asada", "gate", os.fsdecode(EUC)):
        ika.put(f"/home/{user}/Mailbox", "From x\n\none\n")
        tako.put(f"/home/{user}/Mailbox", "From x\n\none\n\nFrom x\n\ntwo\n")
    facts = Facts("2011-02-20T12:00:00+09:00", {"production": Data(dict.fromkeys(USERS, (1, 12)), {})}, {}, {}, {})
    mail = baseline._Mail(dict, cache(partial(baseline._raw_users, swap.site.mailboxes)))
    found = [baseline._mailbox(swap, facts, facts, LATER, mail, user) for user in USERS]
    assert [one and one.expected for one in found] == [False] * 3, (
        "a message is gone: the boxes themselves were looked at"
    )
    assert (ika.asked.count("mailboxes"), tako.asked.count("mailboxes")) == (1, 1)

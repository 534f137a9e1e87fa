"""Prose: `/etc/motd` (item 5.1). Every whole host name in it is one."""

from __future__ import annotations

from irekae.host.editors.draft import Draft
from irekae.host.editors.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Old names become new ones wherever they stand as a word; a line that names both hosts is left and listed."""
    draft = Draft(text, exchange)
    for number, _ in draft:
        draft.exchange_names(number)
    return draft.finish()

"""Prose: `/etc/motd` (item 5.1). Every whole host name in it is one."""

from __future__ import annotations

from irekae.host.editors.draft import Draft
from irekae.host.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Old names become new ones wherever they stand as a word; where both hosts are named, a person judges."""
    draft = Draft(text, exchange)
    draft.exchange_lines({number: [(0, len(line))] for number, line in draft})
    return draft.finish()

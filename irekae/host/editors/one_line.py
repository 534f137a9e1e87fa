"""Files whose lines are host names and nothing else: qmail's `me` and `defaulthost`, `/etc/mailname` (item 5.1)."""

from __future__ import annotations

from irekae.host.editors.draft import Draft
from irekae.host.editors.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """A line that is exactly one of the old names becomes the new one; white space around it stays."""
    draft = Draft(text, exchange)
    for number, line in draft:
        if len(line.split()) == 1:
            draft.exchange_names(number)
    return draft.finish()

"""`/etc/hostname` (item 5.1): one name; Debian allows comments that begin with `#` (hostname(5))."""

from __future__ import annotations

from irekae.host.editors.draft import Draft
from irekae.host.editors.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """The name becomes the new one in the form in which it stood: short, label or full name.

    A name that belongs to neither host is left and listed: after the swap this host would boot under it.
    """
    draft = Draft(text, exchange)
    for number, line in draft:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        draft.exchange_names(number)
        if not any(draft.tokens(number, host, [(0, len(line))]) for host in (exchange.old, exchange.new)):
            draft.note(number, line.strip())
    return draft.finish()

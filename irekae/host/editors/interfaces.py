"""ifupdown's `/etc/network/interfaces` (item 5.3): the address of this host's interface."""

from __future__ import annotations

import re

from irekae.host.editors.draft import Draft
from irekae.host.editors.names import Edited, Exchange

_STANZA = re.compile(r"\s*(iface|mapping|auto|allow-\S+|no-\S+|rename|source|source-directory|template)\s")
_ADDRESS = re.compile(r"\s*address\s+(?P<address>[0-9.]+)(?:/[0-9]+)?\s*$")


def edit(text: bytes, exchange: Exchange) -> Edited:
    """In the `iface` stanza whose `address` is the old one, with or without prefix, it becomes the new one.

    Other options of that stanza (`dns-nameservers`, `up …`) change where they state the same address; gateway, netmask
    and every other stanza stay. Should an interface hold the new address already, nothing is changed, all is listed.
    """
    draft = Draft(text, exchange)
    stanza: int | None = None
    stanza_of: dict[int, int] = {}
    for number, line in draft:
        if begins := _STANZA.match(line):
            stanza = number if begins[1] == "iface" else None
        if stanza is not None and not line.lstrip().startswith("#"):
            stanza_of[number] = stanza
    held = {
        found["address"]: stanza_of[number]
        for number, line in draft
        if number in stanza_of and (found := _ADDRESS.match(line))
    }
    if exchange.new.address in held:
        return draft.finish()
    for number, line in draft:
        if number in stanza_of and stanza_of[number] == held.get(exchange.old.address):
            for token in draft.tokens(number, exchange.old, [(0, len(line))]):
                if token.form == exchange.old.address:
                    draft.replace_token(number, token)
    return draft.finish()

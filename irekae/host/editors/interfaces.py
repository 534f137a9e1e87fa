"""ifupdown's `/etc/network/interfaces` (item 5.3): the address of this host's interface."""

from __future__ import annotations

from irekae.host.editors.draft import Draft
from irekae.host.editors.stanzas import COMMANDS, Stanza, stanzas
from irekae.host.editors.tokens import spelled
from irekae.host.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """In the `iface` stanza whose `address` is the old one, with or without prefix, it becomes the new one.

    The stanza's commands (`up …`) change where they state the same address; what names other machines
    (`dns-nameservers`, `gateway`) stays, as every other stanza does. Should an interface hold the new address already,
    nothing is changed, all is listed.
    """
    draft = Draft(text, exchange)
    found = [stanza for stanza in stanzas(text) if stanza.keyword == "iface"]
    if any(address in stated(stanza) for stanza in found for address in exchange.new.addresses):
        return draft.finish()
    for stanza in found:
        if set(exchange.old.addresses) & set(stated(stanza)):
            _exchange(draft, stanza)
    return draft.finish()


def stated(stanza: Stanza) -> list[str]:
    """The addresses that an `iface` stanza states, without their prefix lengths."""
    return [spelled(option.value.split("/")[0].strip()) for option in stanza.all_of("address")]


def _exchange(draft: Draft, stanza: Stanza) -> None:
    """The own address becomes the new one in `address` and in commands; a line that names both hosts is left."""
    for option in stanza.options:
        if option.name not in ("address", *COMMANDS):
            continue
        spans = [(0, len(draft.lines[option.line]))]
        if any(
            token.form in draft.exchange.new.addresses for token in draft.tokens(option.line, draft.exchange.new, spans)
        ):
            continue
        for token in draft.tokens(option.line, draft.exchange.old, spans):
            if token.form in draft.exchange.old.addresses:
                draft.replace_token(option.line, token)

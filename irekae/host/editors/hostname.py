"""`/etc/hostname` (item 5.1): one name; Debian allows comments that begin with `#`, and blank lines (hostname(5))."""

from __future__ import annotations

from irekae.host.editors.draft import Draft, decode
from irekae.host.names import Edited, Exchange


def stated_name(text: bytes) -> str:
    """The name that the file gives the host: its first line that is neither blank nor a comment; "" if it has none."""
    lines = (line.strip() for line in decode(text).splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def edit(text: bytes, exchange: Exchange) -> Edited:
    """The name becomes the new one in the form in which it stood: short, label, full name, or in another domain.

    A name that belongs to neither host is left and listed: after the swap this host would boot under it.
    """
    draft = Draft(text, exchange, any_case=True)
    for number, line in draft:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        draft.exchange_names(number)
        draft.exchange_first_label(number)
        if not any(draft.tokens(number, host, [(0, len(line))]) for host in (exchange.old, exchange.new)):
            draft.note(number, line.strip())
    return draft.finish()


def problem(before: bytes, after: bytes, exchange: Exchange) -> str | None:
    """Why the file does not name this host as the new one; None if it does."""
    name, new = stated_name(after), exchange.new
    if not name:
        return "it names no host"
    if name.partition(".")[0].casefold() in (new.short.casefold(), new.label.casefold()) and len(name.split()) == 1:
        return None
    return f"it names the host {name!r}"

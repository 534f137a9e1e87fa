"""Files whose lines are host names and nothing else: qmail's `me` and `defaulthost`, `/etc/mailname` (item 5.1)."""

from __future__ import annotations

from irekae.host.editors.draft import Draft, decode
from irekae.host.names import Edited, Exchange


def edit(text: bytes, exchange: Exchange) -> Edited:
    """A line that is one of the old names, of whatever domain, becomes the new one; white space around it stays."""
    draft = Draft(text, exchange, any_case=True)
    spans = {number: [(0, len(line))] for number, line in draft if len(line.split()) == 1}
    draft.exchange_lines(spans)
    for number in spans:
        draft.exchange_first_label(number)
    return draft.finish()


def problem(before: bytes, after: bytes, exchange: Exchange) -> str | None:
    """Why the file may still name this host as the old one; None if it does not."""
    old = (exchange.old.short.casefold(), exchange.old.label.casefold())
    lines = [line.strip() for line in decode(after).splitlines()]
    still = [line for line in lines if line.partition(".")[0].casefold() in old]
    new = (exchange.new.short.casefold(), exchange.new.label.casefold())
    both = any(line.partition(".")[0].casefold() in new for line in lines)
    return f"it still names {still[0]!r}" if still and not both else None

"""`/etc/hosts` (items 5.1 and 5.3): the host's own entry becomes the new name's; every address keeps its right names.

Names belong to addresses for ever, so an entry `198.51.100.21 ika-itpass… ika` is true before the swap and after it,
on either machine. What changes is which of the two entries speaks of *this* host:

- Only this host is listed: its entry becomes the new host's, address and names.
- Both are listed: exchanging names and addresses of both would only exchange the two lines, so they stay. A form of the
  name that only the old own entry bore (the short name, say) is added to the new own entry.
- Loopback entries (`127.0.1.1 tako-itpass… tako`) speak of this host: their names become the new ones.
- Anything else is left and listed: an entry that contradicts the above, a name at another address, an address with
  aliases alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from irekae.host.editors.draft import Draft, Span
from irekae.host.editors.names import Edited, Exchange, HostNames

_FIELD = re.compile(r"\S+")


@dataclass(frozen=True)
class _Entry:
    """One line: the address and the names, as spans of it."""

    number: int
    address: str
    at: Span
    names: tuple[Span, ...]


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Make this host's own entries those of the new name; see the module for the rule."""
    draft = Draft(text, exchange)
    entries = [entry for number, line in draft if (entry := _entry(number, line))]
    own = [entry for entry in entries if _is_of(draft, entry, exchange.old, exchange.new)]
    other = [entry for entry in entries if _is_of(draft, entry, exchange.new, exchange.old)]
    for entry in entries:
        if _is_loopback(entry.address):
            draft.exchange_names(entry.number, entry.names)
    if other:
        _keep_both(draft, own, other)
    else:
        for entry in own:
            _move(draft, entry)
    return draft.finish()


def _entry(number: int, line: str) -> _Entry | None:
    fields = [found.span() for found in _FIELD.finditer(line.partition("#")[0])]
    if len(fields) < 2:
        return None
    start, end = fields[0]
    return _Entry(number, line[start:end], fields[0], tuple(fields[1:]))


def _forms(draft: Draft, entry: _Entry, host: HostNames) -> list[str]:
    """The forms of the host's name that the entry bears."""
    return [token.form for token in draft.tokens(entry.number, host, entry.names)]


def _is_of(draft: Draft, entry: _Entry, host: HostNames, not_host: HostNames) -> bool:
    """Whether the entry gives the host's address the host's name, and not the other's as well."""
    return entry.address == host.address and bool(_forms(draft, entry, host)) and not _forms(draft, entry, not_host)


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def _move(draft: Draft, entry: _Entry) -> None:
    """The own entry goes to the new address, its names with it. Further aliases may belong to either: listed."""
    draft.replace(entry.number, *entry.at, draft.exchange.new.address)
    draft.exchange_names(entry.number, entry.names)
    for start, end in entry.names:
        if not draft.tokens(entry.number, draft.exchange.old, [(start, end)]):
            draft.note(entry.number, draft.lines[entry.number][start:end])


def _keep_both(draft: Draft, own: list[_Entry], other: list[_Entry]) -> None:
    """Both entries are right as they stand; the new own one must bear every form that the old own one bore."""
    for entry in own:
        draft.settle(entry.number)
    wanted = [draft.counterpart(form) for entry in own for form in _forms(draft, entry, draft.exchange.old)]
    borne = {form for entry in other for form in _forms(draft, entry, draft.exchange.new)}
    missing = [form for form in dict.fromkeys(wanted) if form not in borne]
    if missing:
        end = other[0].names[-1][1]
        draft.replace(other[0].number, end, end, "".join(f" {form}" for form in missing))

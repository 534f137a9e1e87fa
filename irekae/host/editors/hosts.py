"""`/etc/hosts` (items 5.1 and 5.3): the host's own entry becomes the new name's; every address keeps its right names.

Names belong to addresses for ever, so an entry `198.51.100.21 ika-itpass… ika` is true before the swap and after it,
on either machine. What changes is which of the two entries speaks of *this* host:

- Only this host is listed: its entry becomes the new host's, address and names.
- Both are listed: exchanging names and addresses of both would only exchange the two lines, so they stay. A form of the
  name that only the old own entry bore (the short name, say) is added to the new own entry.
- Loopback entries (`127.0.1.1 tako-itpass… tako`) speak of this host: their names become the new ones.
- Any other entry that bears one of the new names, or the new address, is listed: it would answer for this host.
- Anything else is left and listed: an entry that contradicts the above, a name at another address, an address with
  aliases alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from irekae.host.editors.draft import Draft, Span, decode
from irekae.host.editors.tokens import spelled
from irekae.host.names import Edited, Exchange, HostNames

_FIELD = re.compile(r"\S+")


@dataclass(frozen=True)
class _Entry:
    """One line: the address and the names, as spans of it."""

    number: int
    address: str
    at: Span
    names: tuple[Span, ...]

    @property
    def six(self) -> bool:
        """Is it of IPv6."""
        return ":" in self.address


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Make this host's own entries those of the new name; see the module for the rule."""
    draft = Draft(text, exchange, any_case=True)
    entries = [entry for number, line in draft if (entry := _entry(number, line))]
    others = [entry for entry in entries if _is_of(draft, entry, exchange.new, exchange.old)]
    for entry in entries:
        if is_loopback(entry.address):
            draft.exchange_names(entry.number, entry.names)
        elif entry not in others and (stray := _strays(draft, entry)):
            draft.note(entry.number, stray)
    # IPv4 and IPv6 each by themselves: a file may list both hosts by one and this host alone by the other.
    for six in (False, True):
        own = [one for one in entries if one.six is six and _is_of(draft, one, exchange.old, exchange.new)]
        other = [one for one in others if one.six is six]
        if other:
            _keep_both(draft, own, other)
        else:
            for entry in own:
                _move(draft, entry)
    return draft.finish()


def problem(before: bytes, after: bytes, exchange: Exchange) -> str | None:
    """Why the new file does not say of the new name what the old one said of the old name; None if it does.

    What a reader asks (gethostbyname(3), `hostname -f`): the address of a name, and the full name that comes with it.
    """
    draft = Draft(b"", exchange)
    for form in exchange.old.names:
        said, says = resolved(before, form), resolved(after, draft.counterpart(form))
        if said is None:
            continue
        wanted = [_counterpart(draft, word) for word in said]
        if says is None or [word.casefold() for word in says] != [word.casefold() for word in wanted]:
            found = " ".join(says) if says else "nothing"
            return f"of {draft.counterpart(form)} it says {found}, and not {' '.join(wanted)}"
    return None


def resolved(text: bytes, name: str) -> tuple[str, str] | None:
    """Address and canonical name that the file gives a name: the first line that bears it, IPv4 (hosts(5))."""
    for line in decode(text).splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if ":" not in address and name.casefold() in (word.casefold() for word in names):
            return address, names[0]
    return None


def with_name(text: bytes, host: HostNames) -> bytes:
    """The file with a line for a host that it gives no address at all; names keep their addresses, so it stays true.

    Until phase 6 is confirmed a host runs under its old name, and sudo asks for the address of that: of a name server,
    if need be, for as long as a dead one keeps it waiting (sudoers(5), fqdn).
    """
    forms = list(dict.fromkeys((host.fqdn, *host.names)))
    if any(resolved(text, form) for form in forms):
        return text
    end = b"\r\n" if b"\r\n" in text else b"\n"
    gap = b"" if not text or text.endswith(b"\n") else end
    return text + gap + f"{host.address}\t{' '.join(forms)}".encode() + end


def _counterpart(draft: Draft, word: str) -> str:
    forms = {form.casefold(): form for form in draft.exchange.old.forms}
    form = forms.get(word.casefold())
    return draft.counterpart(form) if form else word


def _entry(number: int, line: str) -> _Entry | None:
    fields = [found.span() for found in _FIELD.finditer(line.partition("#")[0])]
    if len(fields) < 2:
        return None
    start, end = fields[0]
    return _Entry(number, spelled(line[start:end]), fields[0], tuple(fields[1:]))


def _forms(draft: Draft, entry: _Entry, host: HostNames) -> list[str]:
    """The forms of the host's name that the entry bears."""
    return [token.form for token in draft.tokens(entry.number, host, entry.names)]


def _is_of(draft: Draft, entry: _Entry, host: HostNames, not_host: HostNames) -> bool:
    """Whether the entry gives the host's address the host's name, and not the other's as well."""
    return entry.address in host.addresses and bool(_forms(draft, entry, host)) and not _forms(draft, entry, not_host)


def is_loopback(address: str) -> bool:
    """Does the address speak of the host itself."""
    return address.startswith("127.") or address == "::1"


def _strays(draft: Draft, entry: _Entry) -> str:
    """What an entry of neither host gives the new name, or the new address: it would answer for this host."""
    new = draft.exchange.new
    if entry.address in new.addresses and not _forms(draft, entry, draft.exchange.old):
        return entry.address
    tokens = [] if entry.address in draft.exchange.old.addresses else draft.tokens(entry.number, new, entry.names)
    return draft.lines[entry.number][tokens[0].start : tokens[0].end] if tokens else ""


def _move(draft: Draft, entry: _Entry) -> None:
    """The own entry goes to the new address, its names with it. Further aliases may belong to either: listed."""
    draft.replace(entry.number, *entry.at, draft.counterpart(entry.address))
    draft.exchange_names(entry.number, entry.names)
    for start, end in entry.names:
        if not draft.tokens(entry.number, draft.exchange.old, [(start, end)]):
            draft.note(entry.number, draft.lines[entry.number][start:end])


def _keep_both(draft: Draft, own: list[_Entry], other: list[_Entry]) -> None:
    """Both entries are right as they stand; the new own one must bear every form that the old own one bore.

    The first name of an entry is the canonical one (hosts(5)): if that was the full name, the full name stays first.
    """
    for entry in own:
        draft.settle(entry.number)
    wanted = list(
        dict.fromkeys(draft.counterpart(form) for entry in own for form in _forms(draft, entry, draft.exchange.old))
    )
    borne = {form for entry in other for form in _forms(draft, entry, draft.exchange.new)}
    fqdn, target = draft.exchange.new.fqdn, other[0]
    leads = any(_forms(draft, entry, draft.exchange.old)[:1] == [draft.exchange.old.fqdn] for entry in own)
    first = draft.tokens(target.number, draft.exchange.new, target.names[:1])
    missing = [form for form in wanted if form not in borne]
    if leads and not (first and first[0].form == fqdn):
        _put_first(draft, target, fqdn)
        missing = [form for form in missing if form != fqdn]
    if missing:
        end = target.names[-1][1]
        draft.replace(target.number, end, end, "".join(f" {form}" for form in missing))


def _put_first(draft: Draft, entry: _Entry, fqdn: str) -> None:
    """The full name at the head of the entry's names, and nowhere else on it."""
    start = entry.names[0][0]
    for token in draft.tokens(entry.number, draft.exchange.new, entry.names[1:]):
        if token.form == fqdn:
            gap = len(draft.lines[entry.number][: token.start].rstrip())
            draft.replace(entry.number, gap, token.end, "")
    draft.replace(entry.number, start, start, f"{fqdn} ")

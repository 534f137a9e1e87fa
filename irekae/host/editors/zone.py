"""Zone files, `localhost.zone` and `localhost.rev` (item 5.1): the SOA's two names, the NS records, the serial.

Syntax by RFC 1035 section 5: parentheses, `;` comments, an owner that is left out. Records of other types belong to
the zone, not to the host that serves it: old names in them are listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from irekae.host.editors.draft import Draft
from irekae.host.editors.zone_entries import Field, entries
from irekae.host.names import Edited, Exchange

_TTL_OR_CLASS = re.compile(r"(?:[0-9]+[smhdw]?)+|IN|CH|HS", re.IGNORECASE)
_INCLUDE = re.compile(r"\$INCLUDE\s+(\S+)", re.IGNORECASE)
_RNAME_USER = re.compile(r"(?:[^.\\]|\\.)+\.")
_DATED = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{2}")


@dataclass(frozen=True)
class _Record:
    type: str
    data: list[Field]


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Old names in SOA and NS become new ones; if any did, the serial increases.

    If the zone has an NS record for either host, the set is right as it stands: it is left and listed.
    """
    draft = Draft(text, exchange, any_case=True)
    records = list(_records(draft))
    soas = [record for record in records if record.type == "SOA" and len(record.data) >= 3]
    servers = [record.data[0] for record in records if record.type == "NS" and record.data]
    targets = [field for soa in soas for field in soa.data[:2]]
    if not any(draft.tokens(field.line, exchange.new, [(field.start, field.end)]) for field in servers):
        targets += servers
    tokens = [
        (field.line, token)
        for field in targets
        for token in draft.tokens(field.line, exchange.old, [(_host_start(field, soas), field.end)])
    ]
    for number, token in tokens:
        draft.replace_token(number, token)
    for soa in soas if tokens else ():
        _raise_serial(draft, soa.data[2])
    for number, line in draft if tokens else ():
        if included := _INCLUDE.match(line):
            draft.note(number, included[1])  # its records are this zone's too, and it is a file of its own
    return draft.finish()


def next_serial(serial: int, today: date) -> int:
    """A serial that secondaries take for newer (RFC 1982).

    One that reads YYYYMMDDnn becomes today's first, or the next number if it is today's or later already. Any other is
    counted up, from 2^32 - 1 to 1: some servers give 0 a meaning of its own.
    """
    todays = int(f"{today:%Y%m%d}01")
    if _DATED.fullmatch(str(serial)) and serial < todays:
        return todays
    return serial + 1 if serial < 2**32 - 1 else 1


def _records(draft: Draft) -> Iterator[_Record]:
    for fields, owner_left_out in entries(draft):
        yield _record(fields if owner_left_out else fields[1:])


def _record(fields: list[Field]) -> _Record:
    """The record without its owner: TTL and class may come in either order, or not at all."""
    rest = list(fields)
    while rest and _TTL_OR_CLASS.fullmatch(rest[0].text):
        rest.pop(0)
    return _Record(rest[0].text.upper() if rest else "", rest[1:])


def _host_start(field: Field, soas: list[_Record]) -> int:
    """Where the host name begins: the SOA's second name is a mail address, its first label the user (RFC 1035)."""
    user = _RNAME_USER.match(field.text) if any(field is soa.data[1] for soa in soas) else None
    return field.start + (user.end() if user else 0)


def _raise_serial(draft: Draft, serial: Field) -> None:
    if serial.text.isascii() and serial.text.isdigit() and int(serial.text) < 2**32:
        draft.replace(serial.line, serial.start, serial.end, str(next_serial(int(serial.text), draft.exchange.today)))
    else:
        draft.note(serial.line, serial.text)

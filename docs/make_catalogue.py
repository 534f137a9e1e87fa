"""Brings irekae/locale/ja up to date with the code: `make catalogue`; then translate what is empty, and make it again.

Translations that are there stay, messages that are gone leave, new ones are empty. Those whose Japanese stands beside
them in the code (titles of items and checks, the report's words) are taken from there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from docs.messages import PROJECT, messages

FOLDER = PROJECT / "irekae/locale/ja/LC_MESSAGES"
PO, MO = FOLDER / "irekae.po", FOLDER / "irekae.mo"
DATE = datetime(2000, 1, 1, tzinfo=UTC)
# Headers of which nothing is known.
UNUSED = (
    '"Project-Id-Version', '"Report-Msgid', '"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator',
    '"Language-Team', '"Generated-By',
)  # fmt: skip
MOST_PLACES = 3  # that a message names


def held(path: Path = PO) -> Catalog:
    """The catalogue as it is stored; empty where there is none."""
    if not path.exists():
        return Catalog(locale="ja")
    with path.open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def renewed(before: Catalog) -> Catalog:
    """The catalogue of today's code, with the translations that are known."""
    catalogue = Catalog(locale="ja", fuzzy=False)
    places: dict[str, list[str]] = {}
    beside: dict[str, str] = {}
    for message in messages():
        here = places.setdefault(message.id, [])
        if message.place not in here:
            here.append(message.place)
        if message.ja:
            beside.setdefault(message.id, message.ja)
    for text, where in places.items():
        known = before.get(text)
        other = beside.get(text) or (known.string if known else "")
        catalogue.add(text, other, locations=[(place, 0) for place in where[:MOST_PLACES]])
    return catalogue


def po_of(catalogue: Catalog) -> bytes:
    """The file that people translate. Without dates: the same messages make the same file."""
    catalogue.header_comment = "# Japanese of irekae's texts. Written by `make catalogue`; only msgstr is edited here."
    out = BytesIO()
    write_po(out, catalogue, width=120, omit_header=False, include_lineno=False, sort_output=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(UNUSED)).encode()


def mo_of(catalogue: Catalog) -> bytes:
    """The file that is read when a command runs; without dates too."""
    catalogue.creation_date = catalogue.revision_date = DATE
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> None:
    """Write both."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_of(renewed(held())))
    stored = held()  # as it is read from the file, so that both say the same
    MO.write_bytes(mo_of(stored))
    empty = [message.id for message in stored if message.id and not message.string]
    print(f"{PO.relative_to(PROJECT)}: {len(stored)} messages, {len(empty)} without Japanese")


if __name__ == "__main__":
    main()

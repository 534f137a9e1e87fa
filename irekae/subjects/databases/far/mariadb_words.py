"""How MariaDB is spoken to and understood: quoting, and the rows that its client writes."""

from __future__ import annotations

import re
from typing import Sequence

_ESCAPES = {"\\0": "\0", "\\n": "\n", "\\t": "\t", "\\\\": "\\"}


def name_of(text: str) -> str:
    """An identifier, quoted."""
    return "`{}`".format(text.replace("`", "``"))


def place_of(schema: str, table: str) -> str:
    """A table of a database, quoted."""
    return f"{name_of(schema)}.{name_of(table)}"


def text_of(text: str) -> str:
    """A string, quoted so that no setting of the server reads it otherwise."""
    return "_utf8mb4 X'{}'".format(text.encode("utf-8", "surrogateescape").hex())


def list_of(texts: Sequence[str]) -> str:
    """Strings for IN (…)."""
    return ", ".join(map(text_of, texts)) or "NULL"


def cells(line: str) -> list[str]:
    """A row as the client writes it with --batch."""
    return [re.sub(r"\\[0nt\\]", lambda match: _ESCAPES[match[0]], cell) for cell in line.split("\t")]

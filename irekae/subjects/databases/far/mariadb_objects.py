"""How a MariaDB's databases are made, part by part: how each table, column, index, key, view, routine … is made."""

from __future__ import annotations

import re
from typing import Callable, Iterable, Sequence

from irekae.subjects.databases.far.base import PART, Answer, keyed
from irekae.subjects.databases.far.mariadb_digest import MARIADB_PARTS, parts_of
from irekae.subjects.databases.far.mariadb_words import list_of, name_of, place_of, text_of

# Where a question about tables asks → what that part of a table is, and which cell is its name.
_MARIADB_CALLED = {
    "columns": ("column", 1),
    "statistics": ("index", 0),
    "key_column_usage": ("key", 0),
    "check_constraints": ("check", 0),
    "partitions": ("partition", 0),
}
_MARIADB_SOURCES = [
    re.findall(r"FROM information_schema\.(\w+)", question)[0]
    for questions in MARIADB_PARTS.values()
    for question in questions
]
_MARIADB_COUNTED = (
    "SELECT table_schema, table_name, auto_increment FROM information_schema.tables WHERE auto_increment IS NOT NULL"
    " AND table_schema IN ({})"
)
_MARIADB_SEQUENCES = (
    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'SEQUENCE'"
    " AND table_schema IN ({})"
)


def mariadb_objects(rows: Callable[..., list[list[str]]], names: Sequence[str], key: str) -> Answer:
    """Database → the digest of its settings, of each part of each object, and what comes next of what counts."""
    within = list_of(names)
    answer: Answer = {"settings": {}, "objects": {}, "counters": {}}
    schemata = "SELECT schema_name, default_collation_name FROM information_schema.schemata WHERE schema_name IN ({})"
    for schema, collation in rows(schemata.format(within)):
        answer["settings"][schema] = keyed(key, collation)[:PART]
        answer["objects"][schema], answer["counters"][schema] = {}, {}
    for (schema, kind, name), told in parts_of(rows, within).items():
        parts: dict[str, list[str]] = {}
        for called, text in filter(None, map(_called, told)):
            parts.setdefault(called, []).append(text)
        answer["objects"][schema][f"{kind} {name}"] = {
            called: keyed(key, *sorted(texts))[:PART] for called, texts in parts.items()
        }
    for schema, table, following in rows(_MARIADB_COUNTED.format(within)):
        answer["counters"][schema][f"table {table}"] = [int(following), None]
    asked = [
        f"SELECT {text_of(schema)}, {text_of(name)}, next_not_cached_value FROM {place_of(schema, name)}"
        " WHERE increment >= 0 AND cycle_option = 0"
        for schema, name in rows(_MARIADB_SEQUENCES.format(within))
    ]
    for schema, name, following in rows(*asked):
        answer["counters"][schema][f"sequence {name}"] = [int(following), None]
    return answer


def _called(told: str) -> tuple[str, str] | None:
    """What a part is called, and its text, of the cells that `parts_of` has joined; None for what an index tells."""
    number, *cells = told.split("\0")
    source = _MARIADB_SOURCES[int(number)]
    if source == "tables":
        cells[3] = ""  # AUTO_INCREMENT moves with every row
    if source not in _MARIADB_CALLED:
        return "", "\0".join([number, *cells])
    noun, at = _MARIADB_CALLED[source]
    if source == "key_column_usage" and cells[3] == "NULL":
        return None  # no foreign one
    called = f"{noun} {cells[at]}"
    if source == "columns":
        cells[0] = ""  # one that was put before it says nothing of it
    return called, "\0".join([number, *cells])


def lasting(lines: Iterable[tuple[str, str]]) -> list[str]:
    """The statements that make an account, without those on what it may do where; but what it may give on."""
    return [line for line, _ in lines if not line.startswith("GRANT ") or line.endswith(" OPTION")]


def grantees(users: Iterable[Sequence[str]]) -> dict[str, str]:
    """An account as the server's tables of rights name it, with and without quotation → as its statements do."""
    found = {}
    for user, host, is_role in users:
        account = name_of(user) if is_role == "Y" else f"{name_of(user)}@{name_of(host)}"
        for texts in ((user, host), (_escaped_name(user), _escaped_name(host))):
            found["'{}'@'{}'".format(*texts)] = account
    return found


def _escaped_name(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")

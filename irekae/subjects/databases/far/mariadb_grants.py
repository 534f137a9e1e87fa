"""The statements that MariaDB tells an account's rights by: those on what is not there cannot be given.

A right on a table, a column or a routine outlives it: SHOW GRANTS tells it on, and GRANT refuses it.
"""

from __future__ import annotations

import re
from typing import Callable, Collection, Dict, Set, Tuple

from irekae.subjects.databases.far.engine import Accounts
from irekae.subjects.databases.far.mariadb_words import list_of

# What there is, for `Held`: a table and its columns, a routine by its kind. {} is the list of databases.
_THERE = (
    "SELECT table_schema, '', table_name, '' FROM information_schema.tables WHERE table_schema IN ({})",
    "SELECT table_schema, '', table_name, column_name FROM information_schema.columns WHERE table_schema IN ({})",
    "SELECT routine_schema, routine_type, routine_name, '' FROM information_schema.routines"
    " WHERE routine_schema IN ({})",
)
Held = Dict[Tuple[str, str, str], Set[str]]  # database, kind of routine or "", name → columns
_NAME = r"`(?:[^`]|``)*`"
_GRANT = re.compile(rf"GRANT ((?:[^`]|{_NAME})*?) ON (?:([A-Z ]+) )?({_NAME})\.({_NAME}) TO (.*)", re.DOTALL)
_RIGHT = re.compile(rf"([A-Z ]+?)(?: \(({_NAME}(?:, {_NAME})*)\))?(?:, |$)")
_MAKES = ("CREATE", "ALL PRIVILEGES")  # who may make a table is given it before it is there


def held_of(rows: Callable[..., list[list[str]]], accounts: Accounts) -> Held:
    """What there is of that which rights of accounts are on, in small letters, as rights are kept."""
    found: Held = {}
    places = [_place(statement) for lines in accounts.values() for statement, _ in lines]
    names = list_of(sorted({_plain(place[0]) for place in places if place}))
    for schema, kind, name, column in rows(*(question.format(names) for question in _THERE)) if any(places) else ():
        found.setdefault((schema.lower(), kind, name.lower()), set()).add(column.lower())
    return found


def givable(accounts: Accounts, held: Held) -> tuple[Accounts, list[str]]:
    """The accounts without rights on what there is not, and what those are: account and place."""
    kept: Accounts = {}
    stale = []
    for account, lines in accounts.items():
        kept[account] = []
        for statement, back in lines:
            left = _left(statement, held)
            if left != statement:
                stale.append(_told(account, statement))
            if left:
                kept[account].append((left, back))
    return kept, stale


def within(accounts: Accounts, databases: Collection[str]) -> tuple[Accounts, list[str]]:
    """The accounts without rights on tables, columns and routines of other databases than these, and what those are."""
    names = {name.lower() for name in databases}
    kept: Accounts = {}
    elsewhere = []
    for account, lines in accounts.items():
        others = [line for line in lines if _place(line[0]) and _plain(_place(line[0])[0]).lower() not in names]
        kept[account] = [line for line in lines if line not in others]
        elsewhere += [_told(account, line[0]) for line in others]
    return kept, elsewhere


def _place(statement: str) -> tuple[str, ...]:
    """Database and name of what a statement gives a right on, () where that is no table, column or routine."""
    match = _GRANT.match(statement)
    return (match[3], match[4]) if match else ()


def _told(account: str, statement: str) -> str:
    return "{} on {}".format(account, ".".join(map(_plain, _place(statement))))


def _plain(quoted: str) -> str:
    return quoted[1:-1].replace("``", "`")


def _left(statement: str, held: Held) -> str:
    """What of a statement can be given, "" for nothing."""
    match = _GRANT.match(statement)
    if not match:
        return statement
    rights, kind, schema, name, whom = match.groups()
    columns = held.get((_plain(schema).lower(), kind or "", _plain(name).lower()))
    if kind:
        return statement if columns is not None else ""
    found = [(right[1], re.findall(_NAME, right[2] or "")) for right in _RIGHT.finditer(rights)]
    makes = any(right in _MAKES for right, of in found if not of)
    left = []
    for right, of in found:
        there = [column for column in of if _plain(column).lower() in (columns or ())]
        if there:
            left.append("{} ({})".format(right, ", ".join(there)))
        elif not of and (columns is not None or makes):
            left.append(right)
    return f"GRANT {', '.join(left)} ON {schema}.{name} TO {whom}" if left else ""

"""How many rows the tables of database servers have, for the survey."""

from __future__ import annotations

import subprocess
import time
from typing import Iterator, Mapping, Sequence

from irekae.host.agent.base import Refused, operation, raw, text
from irekae.host.agent.commands import environment, words
from irekae.host.agent.seen import Rows
from irekae.host.agent.seen_programs import said
from irekae.host.agent.words import NOT_COUNTED

MOST_TABLES = 20000  # of a server
COUNTS_IN = (60.0, 20 << 20, 1800.0)  # seconds, one more for so many bytes, but no more than these
MYSQL = ("mysql", "-N", "-B", "-n", "--force")
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")
TABLES = (
    "select table_schema, table_name, coalesce(data_length + index_length, 0) from information_schema.tables"
    " where table_type = 'BASE TABLE'"
    " and table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys')"
)
BASES = "select datname from pg_database where datallowconn and not datistemplate"
RELATIONS = (
    "select coalesce(pg_total_relation_size(relid), 0), quote_ident(schemaname) || '.' || quote_ident(relname),"
    " schemaname || '.' || relname from pg_stat_user_tables"
)


@operation
def op_seen_databases() -> Rows:
    """Rows of each table of a MySQL, MariaDB or PostgreSQL that runs here and lets root in."""
    rows: Rows = {}
    until = time.monotonic() + COUNTS_IN[2]
    tables = [line.split("\t") for line in said([*MYSQL, "-e", TABLES])]
    named = {f"{base}.{table}": "{}.{}".format(*(quoted(name) for name in (base, table)))
             for base, table, _ in tables if "\\" not in base + table}  # fmt: skip
    size = sum(int(bytes_) for _, _, bytes_ in tables)
    rows.update((f"mysql {name}", found) for name, found in counted_tables(MYSQL, named, size, until))
    for base in said([*postgres(base="postgres"), "-c", BASES]):
        relations = [line.split("|", 2) for line in said([*postgres(base), "-c", RELATIONS])]
        named = {name: place for _, place, name in (line for line in relations if len(line) == 3)}
        size = sum(int(line[0]) for line in relations if line[0].isdigit())
        rows.update(
            (f"postgresql {base}.{name}", found) for name, found in counted_tables(postgres(base), named, size, until)
        )
    return rows


def quoted(name: str) -> str:
    """A name as MySQL reads it."""
    return "`{}`".format(name.replace("`", "``"))


def counted_tables(
    client: Sequence[str], named: Mapping[str, str], size: int, until: float
) -> Iterator[tuple[str, str]]:
    """Each table and its rows, or that they are not counted.

    Args:
        client: what reads a statement a line, and writes an answer a line.
        named: tables, each as a statement names it.
        size: bytes of all.
        until: when the last answer must have come.
    """
    asked = list(named)[:MOST_TABLES]
    statements = "".join(f"select {number}, count(*) from {named[name]};\n" for number, name in enumerate(asked))
    found = dict.fromkeys(named, NOT_COUNTED)
    seconds = min(COUNTS_IN[0] + size / COUNTS_IN[1], max(until - time.monotonic(), 1.0))
    for line in answers(client, statements, seconds) if asked else ():
        number, _, count = line.replace("|", "\t").partition("\t")
        if number.isdigit() and int(number) < len(asked) and count.isdigit():
            found[asked[int(number)]] = f"{count} rows"
    yield from found.items()


def answers(client: Sequence[str], statements: str, seconds: float) -> list[str]:
    """The lines that a client has written in so many seconds, whatever became of it."""
    try:
        out = subprocess.run(
            words(client), input=raw(statements), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
            env=environment(),
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired as late:
        out = late.output or b""
    except (OSError, Refused):
        return []
    return text(out.rpartition(b"\n")[0]).splitlines()


def postgres(base: str) -> list[str]:
    """psql as the server's own account, which it lets in without a password."""
    return [*AS_POSTGRES, "psql", "-X", "-A", "-t", "-d", base]

"""FLOAT of MariaDB: it is told with 6 digits, to a dump too, and a value may have more; what is told comes back as
another one then.
"""

from __future__ import annotations

from typing import Sequence

from irekae.subjects.databases.far.mariadb_words import name_of, place_of, text_of

LOOKED_AT = 100000  # rows of a table: where values have so many digits, nearly all have
# In {} goes a list of databases. What is computed from other columns is computed anew.
FLOATS = (
    "SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c"
    " JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type <> 'VIEW'"
    " AND c.data_type = 'float' AND IFNULL(c.generation_expression, '') = '' AND c.table_schema NOT IN ({})"
)


def exact(column: str, kind: str) -> str:
    """What a column's value is told as to the last digit."""
    return f"{name_of(column)} + 0e0" if kind.startswith("float") else name_of(column)


def lossy(schema: str, table: str, columns: Sequence[str]) -> str:
    """A question that has a row where a value of FLOAT columns is not what it is told as."""
    names = [name_of(column) for column in columns]
    # Farther away than half the distance of two values of FLOAT, of which the smallest ones lie equally far apart.
    size = "GREATEST(ABS({0} + 0e0), 1.1754944e-38)"
    told_as = f"ABS(({{0}} + 0e0) - (CONCAT({{0}}) + 0e0)) > POW(2, FLOOR(LOG2({size}) + 1e-9) - 24)"
    return (
        f"SELECT {text_of(schema)}, {text_of(table)} FROM (SELECT {', '.join(names)} FROM {place_of(schema, table)}"
        f" LIMIT {LOOKED_AT}) looked_at WHERE {' OR '.join(told_as.format(name) for name in names)} LIMIT 1"
    )

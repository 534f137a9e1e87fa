"""The adapters by kind, as site.toml names them."""

from __future__ import annotations

from typing import Any, Mapping

from irekae.subjects.databases.far.engine import Engine
from irekae.subjects.databases.far.mariadb import MariaDb
from irekae.subjects.databases.far.postgresql import PostgreSql

KINDS: dict[str, type[Engine]] = {"mariadb": MariaDb, "postgresql": PostgreSql}


def engine_of(server: Mapping[str, Any]) -> Engine:
    """The server of an entry of site.toml, as the seat sends it."""
    return KINDS[server["kind"]](server)

"""[[databases]] of site.toml: the database servers whose data move with the role of production (3.6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from irekae.site.kinds import Path_, Word

Name = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{1,64}$", description="the name of a database")]
Cluster = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+-[A-Za-z0-9_.-]+$", description="a cluster, as 17-main")]
# They belong to the servers themselves.
OWN = {
    "mariadb": ("information_schema", "performance_schema", "mysql", "sys"),
    "postgresql": ("postgres", "template0", "template1"),
}


class Database(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[databases]]: a server, and which of its databases are copied; all but its own where no names are given.

    excludes: databases that stay where they are; may_delete: databases of the standby with data that production lacks,
    which may go; roles: are its accounts copied too; socket, port and cluster: where they are not the usual ones; by:
    dump and restore, or a copy of the data directory while both servers rest, which takes all of the server along.
    """

    kind: Literal["mariadb", "postgresql"]
    service: Word
    names: list[Name] = []
    excludes: list[Name] = []
    may_delete: list[Name] = []
    roles: bool = True
    socket: Path_ | Literal[""] = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    cluster: Cluster | Literal[""] = ""
    by: Literal["dump", "files"] = "dump"

    @property
    def folder(self) -> str:
        """Where its package lays its data: what lies there goes over by 3.6, as far as site.toml names it."""
        return {"mariadb": "/var/lib/mysql", "postgresql": "/var/lib/postgresql"}[self.kind]

    @property
    def label(self) -> str:
        """What it is called where there may be several."""
        where = self.cluster or self.socket or (str(self.port) if self.port else "")
        return f"{self.kind} ({where})" if where else self.kind


def wrong_databases(
    databases: Sequence[Database], services: Sequence[str], stopped: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """What is wrong with the databases of a site: the key, and why.

    Args:
        databases: all of them.
        services: names of [services].
        stopped: list of [service_items] → services that it stops before 3.6.
    """
    for database in databases:
        if database.service not in services:
            yield "service", f"no service {database.service!r} in [services]"
        for key, names in stopped.items():
            if database.service in names:
                yield "service", f"{database.service} is stopped by {key} of [service_items]; 3.6 needs it running"
        if database.by == "files" and (database.names or database.excludes or not database.roles):
            yield "by", 'with "files" all of the server goes over: leave names, excludes and roles out'
        for key, names in (("names", database.names), ("excludes", database.excludes)):
            for name in names:
                # Tables may lie there all the same: that they stay can be said.
                if name in OWN[database.kind] and (key, name) != ("excludes", "postgres"):
                    yield key, f"{name} is the server's own"
    places = [(one.kind, one.socket, one.port, one.cluster) for one in databases]
    if len(set(places)) < len(places):
        yield "kind", "one server stands there twice: give all of its databases in one place"

"""[[databases]] of site.toml: the database servers whose data move with the role of production (3.6)."""

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
    which may go; roles: are its accounts copied too; socket, port and cluster: where they are not the usual ones.
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

    @property
    def label(self) -> str:
        """What it is called where there may be several."""
        where = self.cluster or self.socket or (str(self.port) if self.port else "")
        return f"{self.kind} ({where})" if where else self.kind

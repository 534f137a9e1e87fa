"""What 3.6 copied of a database server, as the hosts keep it and the acceptance suite reads it."""

import msgspec


class CopiedDatabase(msgspec.Struct, frozen=True):
    """A database: rows and columns of each table, and the names of everything in it ("view titles")."""

    rows: dict[str, int]
    columns: dict[str, list[str]]
    objects: list[str]


class Copied(msgspec.Struct, frozen=True):
    """A server's databases when the copy was compared with production, and its accounts.

    Attributes:
        kind, label: of the entry of site.toml.
        rights: what its accounts may do, a line each; a record of an earlier release has none.
    """

    kind: str
    label: str
    databases: dict[str, CopiedDatabase]
    accounts: list[str]
    rights: list[str] = []

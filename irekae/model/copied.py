"""What 3.6 copied of a database server, as the hosts keep it and the acceptance suite reads it."""

import msgspec


class CopiedDatabase(msgspec.Struct, frozen=True):
    """A database: rows and columns of each table, and the names of everything in it ("view titles")."""

    rows: dict[str, int]
    columns: dict[str, list[str]]
    objects: list[str]


class Made(msgspec.Struct, frozen=True):
    """How a server's databases and accounts are made, told by digests under a key that is root's alone on the hosts.

    Attributes:
        release: of the server; another one may tell the same otherwise.
        settings: database → digest: encoding, collation, owner.
        objects: database → object ("table public.book") → part ("index book_pkey"; "" for itself) → digest.
        counters: database → what counts ("sequence public.book_id_seq") → what comes next, and the highest value of
            the column that it is for, null where there is none.
        accounts: account → digest of all but its rights: password, lock, attributes, settings.
        rights: database ("" for none), account, right, and what on.
        program: SHA-256 of the program that has told this.
    """

    release: list[int]
    settings: dict[str, str]
    objects: dict[str, dict[str, dict[str, str]]]
    counters: dict[str, dict[str, tuple[int, int | None]]]
    accounts: dict[str, str]
    rights: list[tuple[str, str, str, str]]
    program: str = ""


class Copied(msgspec.Struct, frozen=True):
    """A server's databases when the copy was compared with production, and its accounts.

    Attributes:
        kind, label: of the entry of site.toml.
        rights: what its accounts may do, a line each; a record of an earlier release has none.
        made: of the server that took the copy; a record of an earlier release has none.
    """

    kind: str
    label: str
    databases: dict[str, CopiedDatabase]
    accounts: list[str]
    rights: list[str] = []
    made: Made | None = None

"""What the far end says of a database server, typed: what hosts say is data."""

import msgspec


class Room(msgspec.Struct, frozen=True):
    """Bytes that are free below a folder, and on which device."""

    folder: str
    free: int
    device: int


class Held(msgspec.Struct, frozen=True):
    """A database.

    Attributes:
        size: bytes.
        needs: what a server must offer to hold it: engines, extensions, encodings, locales.
        tables: table → does it hold a row.
        lost: what no dump takes along.
    """

    size: int
    needs: list[str]
    tables: dict[str, bool]
    lost: list[str]


class Files(msgspec.Struct, frozen=True):
    """A server's data directory.

    Attributes:
        folder: where it lies; place: where a copy of another one can stand until it takes that place, "" for nowhere.
        size: bytes that would be copied; free: bytes that are free for them, with what an earlier attempt has brought.
        left: patterns of what is not copied; own: those of them that are the host's own and stay.
        same: what both servers must agree in.
        needs, offers: libraries that it loads, and that there are.
        against: kind of what stands against a copy, and what it is about.
    """

    folder: str
    place: str
    size: int
    free: int
    left: list[str]
    own: list[str]
    same: dict[str, str]
    needs: list[str]
    offers: list[str]
    against: list[tuple[str, str]]


class Look(msgspec.Struct, frozen=True):
    """A server: its release, its databases, what it offers to others, and why nothing should be copied to or from it.

    Attributes:
        room: where its data lie; own_room: where our own files lie.
        limits: settings that must not be smaller on the standby.
        scheduler: does it run jobs of its own accord.
        accounts: but for its own.
        files: where its files are to be copied.
        own: tables with data in the database that belongs to the server itself.
        others: data directories of other servers of its kind that run on the host.
    """

    version: str
    release: list[int]
    room: Room
    own_room: Room
    databases: dict[str, Held]
    offers: list[str]
    limits: dict[str, int]
    against: list[str]
    scheduler: bool
    accounts: list[str]
    files: Files | None = None
    own: list[str] = []
    others: list[str] = []


class Contents(msgspec.Struct, frozen=True):
    """A database's contents: of each table rows and a checksum, its columns; a digest of every object."""

    settings: str
    tables: dict[str, tuple[int, str]]
    columns: dict[str, list[str]]
    objects: dict[str, str]


class Digest(msgspec.Struct, frozen=True):
    """The contents of databases, and a digest of each account; comparable under one key.

    Attributes:
        rights: what accounts may do, a line each.
        left: accounts' rights that no copy takes along, for there is nothing there that they are on.
    """

    databases: dict[str, Contents]
    accounts: dict[str, str]
    rights: list[str] = []
    left: list[str] = []


class Rehearsed(msgspec.Struct, frozen=True):
    """Why databases could not be dumped."""

    against: list[str]


class Sessions(msgspec.Struct, frozen=True):
    """Who has databases open: a line each."""

    sessions: list[str]


class Rests(msgspec.Struct, frozen=True):
    """Has a server ended well in a data directory, and a word for how it has left it."""

    clean: bool
    state: str


class Prepared(msgspec.Struct, frozen=True):
    """Is a part of the copy there already."""

    held: bool


class Ended(msgspec.Struct, frozen=True):
    """How production's end of the copy ended."""

    ok: bool
    said: str


class Progress(msgspec.Struct, frozen=True):
    """Bytes that it has sent."""

    sent: int


class Nothing(msgspec.Struct, frozen=True):
    """Done, and nothing to say."""


class Failure(msgspec.Struct, frozen=True):
    """What the far end could not do; "" where it could."""

    failed: str = ""

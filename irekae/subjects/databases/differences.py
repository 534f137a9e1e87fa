"""What differs between the contents of two servers, in words."""

from collections.abc import Iterator, Mapping

from irekae.subjects.databases.said import Contents, Digest

# Their texts may be told otherwise by another release: there only their names are compared.
RETOLD = ("view ", "routine ", "policy ", "trigger ", "table ", "type ", "schema ", "event ")


def differing(ours: Digest, theirs: Digest, names: list[str], alike: bool) -> dict[str, list[str]]:
    """Database → a line for each difference; only those that have one.

    Args:
        ours, theirs: of production and of the standby, under one key.
        names: the databases that are compared.
        alike: are both servers of one release.
    """
    found = {name: list(_database(ours.databases.get(name), theirs.databases.get(name), alike)) for name in names}
    return {name: lines for name, lines in found.items() if lines}


def differing_accounts(ours: Digest, theirs: Digest, alike: bool) -> list[str]:
    """The accounts of production that the standby has not, or has otherwise."""
    return [
        name
        for name, digest in sorted(ours.accounts.items())
        if (name not in theirs.accounts if not alike else theirs.accounts.get(name) != digest)
    ]


def _database(ours: Contents | None, theirs: Contents | None, alike: bool) -> Iterator[str]:
    if ours is None or theirs is None:
        if ours is not theirs:
            yield "only on the standby" if ours is None else "not on the standby"
        return
    if alike and ours.settings != theirs.settings:
        yield "other settings: encoding, collation, owner or rights"
    for table in sorted(ours.tables.keys() | theirs.tables.keys()):
        here, there = ours.tables.get(table), theirs.tables.get(table)
        if here is None or there is None:
            yield f"table {table}: only on {'the standby' if here is None else 'production'}"
        elif here != there:
            rows = f"{here[0]} rows, on the standby {there[0]}" if here[0] != there[0] else "other values"
            yield f"table {table}: {rows}"
        elif ours.columns.get(table) != theirs.columns.get(table):
            yield f"table {table}: other columns"
    yield from _objects(ours.objects, theirs.objects, alike)


def _objects(ours: Mapping[str, str], theirs: Mapping[str, str], alike: bool) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(name), theirs.get(name)
        if here is None or there is None:
            yield f"{name}: only on {'the standby' if here is None else 'production'}"
        elif here != there and (alike or not name.startswith(RETOLD)):
            yield f"{name}: not the same"

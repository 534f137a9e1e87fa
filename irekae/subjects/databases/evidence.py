"""What was copied, kept on both hosts as evidence: what the suite holds production against behind the swap."""

from msgspec.structs import replace

from irekae.model.copied import Copied, CopiedDatabase, Made
from irekae.site.databases import Database
from irekae.subjects.databases.said import Digest
from irekae.swap.evidence import Kind, keep
from irekae.swap.swap import Swap


def keep_copied(swap: Swap, entry: Database, found: Digest, there: Digest, made: Made) -> None:
    """Keep rows, columns and the names of all objects and accounts, with their rights; neither values nor passwords.

    Args:
        found: of production.
        there: of the standby; what is no right in its release is not missed there.
        made: of the standby: digests of how everything is made.
    """
    databases = {
        name: CopiedDatabase({table: rows for table, (rows, _) in one.tables.items()}, one.columns, sorted(one.objects))
        for name, one in found.databases.items()
    }
    accounts = sorted(found.accounts) if entry.roles else []
    rights = sorted({*found.rights} & {*there.rights}) if entry.roles else []
    known = {name: digest for name, digest in made.accounts.items() if name in accounts}
    # An empty table is emptied again by whoever uses it, and begins anew then.
    counters = {
        name: {one: value for one, value in inner.items() if databases[name].rows.get(one.removeprefix("table "), 1)}
        for name, inner in made.counters.items()
    }
    made = replace(made, accounts=known, rights=made.rights if entry.roles else [], counters=counters)
    keep(swap, Kind.DATABASES, Copied(entry.kind, entry.label, databases, accounts, rights, made))

"""What was copied, kept on both hosts as evidence: what the suite holds production against behind the swap."""

from irekae.model.copied import Copied, CopiedDatabase
from irekae.site.databases import Database
from irekae.subjects.databases.said import Digest
from irekae.swap.evidence import Kind, keep
from irekae.swap.swap import Swap


def keep_copied(swap: Swap, entry: Database, found: Digest, there: Digest) -> None:
    """Keep rows, columns and the names of all objects and accounts, with their rights; neither values nor passwords.

    Args:
        found: of production.
        there: of the standby; what is no right in its release is not missed there.
    """
    databases = {
        name: CopiedDatabase({table: rows for table, (rows, _) in one.tables.items()}, one.columns, sorted(one.objects))
        for name, one in found.databases.items()
    }
    accounts = sorted(found.accounts) if entry.roles else []
    rights = sorted({*found.rights} & {*there.rights}) if entry.roles else []
    keep(swap, Kind.DATABASES, Copied(entry.kind, entry.label, databases, accounts, rights))

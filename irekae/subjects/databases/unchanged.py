"""The last look at the databases: is everything on the standby as it is on production now (6.1)."""

import secrets
from collections.abc import Iterator

from irekae.subjects.databases.copying import digests, found, told
from irekae.swap.swap import Swap


def not_as_copied(swap: Swap) -> Iterator[str]:
    """A line for each thing that differs; nobody writes on production behind the copy, or it would stay there.

    Args:
        swap: with both hosts bound to an item.
    """
    for entry in swap.site.databases:
        servers = found(swap, entry, last=True)
        for line in told(servers, *digests(servers, secrets.token_hex(16))):
            yield f"{entry.label}: {line}: changed since 3.6"

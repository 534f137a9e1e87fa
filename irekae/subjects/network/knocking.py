"""An address that changes hands (6.1): when has its holder let go, and when has the next one taken it."""

import time

from irekae.host.connections import greets
from irekae.host.interrupt import pause
from irekae.site.inventory import HostEntry
from irekae.subjects.network.watchdog.words import GOODBYE

LETTING_GO = 8.0  # seconds in which a slow host has taken its address down
# Seconds between two greetings while a host lets go: OpenSSH from 9.8 on shuts out who connects and leaves too often.
KNOCKS = 0.4
GAP = 0.15  # seconds between two greetings where nobody is
GONE = 0.3  # seconds without a greeting: less than an address is away, or its next holder would be taken for the last
THERE = 1.0  # seconds for a greeting of the next one, also at a far seat


def wait_until_taken(entry: HostEntry, soon: float) -> None:
    """Until nobody greets at an address any more, and then somebody does.

    Args:
        entry: whose address it is.
        soon: seconds within which that should be; who looks afterwards finds out what has become of it.
    """
    limit = time.monotonic() + GOODBYE + LETTING_GO
    while greets(entry, GONE) and time.monotonic() < limit:
        pause(KNOCKS)
    limit = min(limit, time.monotonic() + soon)
    while not greets(entry, THERE) and time.monotonic() < limit:
        pause(GAP)

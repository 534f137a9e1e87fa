"""All rows of the pair of today, by subject."""

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today import (
    certificates,
    databases,
    dns,
    harmless,
    hosts,
    mail,
    mailboxes,
    network,
    trees,
    units,
    web,
)

ROWS: tuple[Row, ...] = (
    *units.ROWS,
    *mail.ROWS,
    *mailboxes.ROWS,
    *web.ROWS,
    *certificates.ROWS,
    *dns.ROWS,
    *databases.ROWS,
    *trees.ROWS,
    *network.ROWS,
    *hosts.ROWS,
    *harmless.ROWS,
)

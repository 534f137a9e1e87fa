"""Variations of a healthy pair that break nothing: no check may fail of them. They count for false alarms alone."""

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.harmless import accounts, mail, names, network, plain, web

ROWS: tuple[Row, ...] = (*plain.ROWS, *names.ROWS, *accounts.ROWS, *network.ROWS, *mail.ROWS, *web.ROWS)

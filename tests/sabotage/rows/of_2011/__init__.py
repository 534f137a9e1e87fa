"""All rows of the matrix, by subject."""

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011 import (
    accounts,
    backups,
    boot,
    dns,
    fail2ban,
    harmless,
    identity,
    mail,
    mailing_list,
    pop,
    processes,
    public,
    ssh,
    standby,
    surveyed,
    web,
)

ROWS: tuple[Row, ...] = (
    *processes.ROWS,
    *ssh.ROWS,
    *public.ROWS,
    *web.ROWS,
    *dns.ROWS,
    *fail2ban.ROWS,
    *pop.ROWS,
    *mail.ROWS,
    *mailing_list.ROWS,
    *standby.ROWS,
    *backups.ROWS,
    *accounts.ROWS,
    *identity.ROWS,
    *boot.ROWS,
    *surveyed.ROWS,
    *harmless.ROWS,
)

"""Rows of 9.17: MariaDB and the wiki that writes to it."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import COPIED, DATABASE, WIKI, broken

_KEEP = "mariadb-dump --routines --triggers --add-drop-table wiki > /run/wiki.sql"
_BACK = "mariadb wiki < /run/wiki.sql; rm /run/wiki.sql"


def _sql(name: str, what: str, must: tuple[str, ...], words: str, undo: str = _BACK, **more: object) -> Row:
    do = f'{_KEEP if undo == _BACK else ":"}\nmariadb -e "{words}"'
    return broken(name, what, must, do, undo=undo, **more)


ROWS = (
    _sql("table-lost", "a table of the wiki's is gone", (COPIED,), "DROP TABLE wiki.attachment"),
    _sql("rows-lost", "the wiki's old revisions are gone", (COPIED,), "DELETE FROM wiki.revision"),
    _sql("column-altered", "a column of the wiki's is of another type", (COPIED,),
         "ALTER TABLE wiki.attachment MODIFY name VARCHAR(64) NOT NULL"),
    _sql("view-lost", "a view of the wiki's is gone", (COPIED,), "DROP VIEW wiki.recent"),
    _sql("trigger-lost", "the trigger that keeps old revisions is gone", (COPIED,), "DROP TRIGGER wiki.keep_old"),
    _sql("account-lost", "an account that reads the wiki is gone", (COPIED,), "DROP USER reader@localhost",
         heal="reset", undo=":"),
    _sql("grant-lost", "the wiki may read its tables, and not write them", (WIKI, COPIED),
         "REVOKE INSERT, UPDATE, DELETE ON wiki.* FROM wiki@localhost",
         undo='mariadb -e "GRANT INSERT, UPDATE, DELETE ON wiki.* TO wiki@localhost"'),
    _sql("grant-of-a-reader-lost", "an account may no longer read the view that was granted to it", (COPIED,),
         "REVOKE SELECT ON wiki.recent FROM reader@localhost",
         undo='mariadb -e "GRANT SELECT ON wiki.recent TO reader@localhost"'),
    _sql("database-read-only", "the server takes nothing that is written", (DATABASE, WIKI), "SET GLOBAL read_only = 1",
         undo='mariadb -e "SET GLOBAL read_only = 0"'),
)  # fmt: skip

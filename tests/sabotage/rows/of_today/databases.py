"""Rows of 9.17: MariaDB with the wiki that writes to it, PostgreSQL with the books of a library."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import BOOKS, COPIED, DATABASE, LIBRARY, WIKI, broken

_KEEP = "mariadb-dump --routines --triggers --add-drop-table wiki > /run/wiki.sql"
_BACK = "mariadb wiki < /run/wiki.sql; rm /run/wiki.sql"

_PSQL = "runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1"
_KEEP_BOOKS = "runuser -u postgres -- pg_dump --clean --if-exists library > /run/library.sql"
_BOOKS_BACK = f"{_PSQL} library < /run/library.sql > /dev/null; rm /run/library.sql"


def _sql(name: str, what: str, must: tuple[str, ...], words: str, undo: str = _BACK, **more: object) -> Row:
    do = f'{_KEEP if undo == _BACK else ":"}\nmariadb -e "{words}"'
    return broken(name, what, must, do, undo=undo, **more)


def _books(name: str, what: str, must: tuple[str, ...], words: str, undo: str = _BOOKS_BACK, **more: object) -> Row:
    do = f'{_KEEP_BOOKS if undo == _BOOKS_BACK else ":"}\n{_PSQL} library -c "{words}"'
    return broken(f"books-{name}", what, must, do, undo=undo, **more)


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
    _sql("reader-locked", "an account that reads the wiki is locked", (COPIED,), "ALTER USER reader@localhost ACCOUNT LOCK",
         undo='mariadb -e "ALTER USER reader@localhost ACCOUNT UNLOCK"'),
    _sql("account-of-another-password", "an account that reads the wiki has another password", (COPIED,),
         "ALTER USER reader@localhost IDENTIFIED BY 'x'", heal="reset", undo=":"),
    _sql("account-of-all-rights", "an account that reads the wiki may do everything", (COPIED,),
         "GRANT ALL ON *.* TO reader@localhost",
         undo='mariadb -e "REVOKE ALL ON *.* FROM reader@localhost"'),
    _sql("view-replaced", "a view of the wiki's shows nothing", (COPIED,),
         "CREATE OR REPLACE VIEW wiki.recent AS SELECT name, changed FROM wiki.page WHERE 0"),
    _sql("routine-replaced", "a function of the wiki's says something else", (COPIED,),
         "CREATE OR REPLACE FUNCTION wiki.pages() RETURNS INT READS SQL DATA RETURN 0"),
    _sql("key-lost", "an attachment may be of a page that there is not", (COPIED,),
         "ALTER TABLE wiki.attachment DROP FOREIGN KEY attachment_ibfk_1"),
    _sql("trigger-replaced", "the trigger that keeps old revisions keeps none", (COPIED,),
         "CREATE OR REPLACE TRIGGER wiki.keep_old BEFORE UPDATE ON wiki.page FOR EACH ROW SET NEW.id = NEW.id"),
    _sql("default-altered", "a column of the wiki's has another default", (COPIED,),
         "ALTER TABLE wiki.attachment ALTER name SET DEFAULT 'x'"),
    _sql("charset-altered", "new tables of the wiki's are of another character set", (COPIED,),
         "ALTER DATABASE wiki CHARACTER SET latin1",
         undo="mariadb -e 'ALTER DATABASE wiki CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'"),
    _books("sequence-reset", "the next book gets a number that there is", (BOOKS,),
           "SELECT setval('book_id_seq', 1, false)",
           undo=f"{_PSQL} library -c \"SELECT setval('book_id_seq', (SELECT max(id) FROM book))\" > /dev/null"),
    _books("constraint-lost", "a loan may be of a book that there is not", (BOOKS,),
           "ALTER TABLE loan DROP CONSTRAINT loan_book_fkey"),
    _books("index-lost", "loans are no more found by their book", (BOOKS,), "DROP INDEX loan_of"),
    _books("default-altered", "loans begin on another day", (BOOKS,),
           "ALTER TABLE loan ALTER since SET DEFAULT '2000-01-01'"),
    _books("view-replaced", "the view of what is lent shows nothing", (BOOKS,),
           "CREATE OR REPLACE VIEW lent AS SELECT title, borrower FROM book JOIN loan ON loan.book = book.id WHERE false"),
    _books("account-locked", "a role that may look may not log in", (BOOKS,), "ALTER ROLE visitor NOLOGIN",
           undo=f'{_PSQL} library -c "ALTER ROLE visitor LOGIN"'),
    _books("account-of-another-password", "a role that may look has another password", (BOOKS,),
           "ALTER ROLE visitor PASSWORD 'x'", heal="reset", undo=":"),
    _books("account-of-more-rights", "a role that may look may delete books", (BOOKS,), "GRANT DELETE ON book TO visitor",
           undo=f'{_PSQL} library -c "REVOKE DELETE ON book FROM visitor"'),
    _books("connecting-taken", "nobody may enter the library who is not granted it by name", (BOOKS,),
           "REVOKE CONNECT ON DATABASE library FROM PUBLIC",
           undo=f'{_PSQL} library -c "GRANT CONNECT ON DATABASE library TO PUBLIC"'),
    _books("table-lost", "the table of who has borrowed what is gone, and the view of it", (BOOKS,),
           "DROP TABLE loan CASCADE"),
    _books("rows-lost", "the books that came last are gone", (BOOKS,), "DELETE FROM book WHERE title LIKE 'New %' AND"
           " id NOT IN (SELECT book FROM loan)"),
    _books("column-altered", "a column of the library's is of another type", (BOOKS,),
           "ALTER TABLE loan ALTER since TYPE timestamp"),
    _books("view-lost", "the view of what is lent is gone", (BOOKS,), "DROP VIEW lent"),
    _books("account-lost", "a role that may look is gone", (BOOKS,), "DROP OWNED BY visitor; DROP ROLE visitor",
           heal="reset", undo=":"),
    _books("grant-lost", "a role may no longer look at the view that was granted to it", (BOOKS,),
           "REVOKE SELECT ON lent FROM visitor", undo=f'{_PSQL} library -c "GRANT SELECT ON lent TO visitor"'),
    _books("read-only", "the database of the library takes nothing that is written", (LIBRARY, BOOKS),
           "ALTER DATABASE library SET default_transaction_read_only = on",
           undo=f'{_PSQL} postgres -c "ALTER DATABASE library RESET default_transaction_read_only"'),
)  # fmt: skip

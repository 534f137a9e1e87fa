-- What a year in production has added: books, who borrows them, somebody who may only look.
ALTER ROLE librarian PASSWORD :'word';
CREATE ROLE visitor LOGIN PASSWORD 'v';
\connect library
SET ROLE librarian;
INSERT INTO book (title, bought) SELECT 'New ' || n, date '2026-01-01' + n FROM generate_series(1, 50) AS n;
INSERT INTO loan (book, borrower) SELECT n, 'bob' FROM generate_series(100, 140) AS n;
DELETE FROM loan WHERE book < 5;
GRANT SELECT ON lent TO visitor;

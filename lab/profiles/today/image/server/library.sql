-- The books that people borrow, as both builds have them.
CREATE ROLE librarian LOGIN;
CREATE DATABASE library OWNER librarian ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\connect library
SET ROLE librarian;
CREATE TABLE book (id serial PRIMARY KEY, title text NOT NULL, bought date);
CREATE TABLE loan (book integer NOT NULL REFERENCES book, borrower text NOT NULL, since date NOT NULL DEFAULT '2026-01-01');
CREATE INDEX loan_of ON loan (book);
CREATE VIEW lent AS SELECT title, borrower FROM book JOIN loan ON loan.book = book.id;
INSERT INTO book (title, bought) SELECT 'Proceedings ' || n, date '2001-01-01' + n FROM generate_series(1, 200) AS n;
INSERT INTO book (title) VALUES ('地球流体の力学'), ('O''Reilly; DROP TABLE book');
INSERT INTO loan (book, borrower) SELECT n, 'alice' FROM generate_series(1, 20) AS n;
RESET ROLE;

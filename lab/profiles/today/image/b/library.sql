-- As this server was built: a test that nobody has taken away.
ALTER ROLE librarian PASSWORD 'old';
\connect library
SET ROLE librarian;
INSERT INTO book (title) VALUES ('Written while this server was built');

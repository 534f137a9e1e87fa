"""Small databases with something of everything, and small ones that were there before."""

from __future__ import annotations

MARIADB = r"""
CREATE DATABASE wiki CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE DATABASE `odd ``name` CHARACTER SET latin1;
CREATE USER wiki@localhost IDENTIFIED BY 'se''cret 雪', `o'dd`@'10.%' IDENTIFIED BY 'x' REQUIRE SSL ACCOUNT LOCK;
CREATE ROLE readers;
GRANT SELECT ON wiki.* TO readers;
GRANT ALL ON wiki.* TO wiki@localhost WITH GRANT OPTION;
GRANT readers TO `o'dd`@'10.%';
SET DEFAULT ROLE readers FOR `o'dd`@'10.%';
GRANT SELECT ON `odd ``name`.* TO wiki@localhost;
USE `odd ``name`;
CREATE TABLE t (id INT, name VARCHAR(10));
USE wiki;
CREATE TABLE page (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(100) NOT NULL, body LONGTEXT, image LONGBLOB,
    price DECIMAL(10, 2), seen TIMESTAMP NULL, ratio DOUBLE, near FLOAT, flags BIT(5), kind ENUM('a', 'b') DEFAULT 'a',
    size INT AS (CHAR_LENGTH(body)) STORED, place POINT, KEY (title(10)), CHECK (price >= 0)) ENGINE=InnoDB;
INSERT INTO page (title, body, image, price, seen, ratio, near, flags, place) VALUES
    ('Main \\ page', 'line\nline\t雪 🙂', X'00FF0A0D5C27', 1.50, '2011-11-09 10:00:00', 0.1, 0.1, b'101', POINT(1, 2)),
    ('a', NULL, NULL, NULL, NULL, NULL, 1.5e30, NULL, NULL), ('a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
DELETE FROM page WHERE id = 3;
CREATE TABLE link (page INT, target VARCHAR(20), FOREIGN KEY (page) REFERENCES page (id) ON DELETE CASCADE);
INSERT INTO link VALUES (1, 'x');
CREATE TABLE old (id INT) ENGINE=MyISAM;
INSERT INTO old VALUES (7);
CREATE TABLE gone (id INT);
GRANT SELECT ON gone TO wiki@localhost;
GRANT SELECT, INSERT (id, flags), UPDATE (flags) ON page TO wiki@localhost;
DROP TABLE gone;
CREATE TABLE empty (id INT) PARTITION BY RANGE (id)
    (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE);
CREATE SEQUENCE numbers START WITH 100;
SELECT NEXTVAL(numbers);
CREATE VIEW titles AS SELECT title FROM page JOIN `odd ``name`.`t` ON t.id = page.id;
CREATE DEFINER=wiki@localhost PROCEDURE clear_old() DELETE /* all; of them */ FROM old;
GRANT EXECUTE ON PROCEDURE wiki.clear_old TO readers;
CREATE FUNCTION Twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
GRANT EXECUTE ON FUNCTION wiki.Twice TO readers;
ALTER TABLE page DROP COLUMN flags;
CREATE TRIGGER on_link BEFORE INSERT ON link FOR EACH ROW SET NEW.target = /* as ever */ UPPER(NEW.target);
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 03:00:00' DO CALL clear_old();
USE `odd ``name`;
INSERT INTO t VALUES (1, 'é');
"""

MARIADB_BEFORE = """
CREATE DATABASE wiki CHARACTER SET latin1;
CREATE TABLE wiki.page (id INT PRIMARY KEY, note TEXT);
INSERT INTO wiki.page VALUES (1, 'of the standby');
CREATE USER wiki@localhost IDENTIFIED BY 'another';
CREATE USER local@localhost IDENTIFIED BY 'local';
GRANT SELECT ON wiki.* TO wiki@localhost, local@localhost;
CREATE ROLE readers;
GRANT readers TO local@localhost;
CREATE DATABASE own;
CREATE TABLE own.kept (id INT);
INSERT INTO own.kept VALUES (1);
"""

POSTGRESQL = r"""
CREATE ROLE wiki LOGIN PASSWORD 'se''cret';
CREATE ROLE readers NOLOGIN;
CREATE ROLE "o'dd ""one" LOGIN CONNECTION LIMIT 3 VALID UNTIL '2030-01-01';
GRANT readers TO wiki WITH ADMIN OPTION;
ALTER ROLE wiki SET search_path = "$user", public;
ALTER ROLE wiki SET work_mem = '8MB';
CREATE DATABASE wiki OWNER wiki TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
ALTER DATABASE wiki SET timezone = 'Asia/Tokyo';
ALTER ROLE wiki IN DATABASE wiki SET work_mem = '16MB';
GRANT CONNECT ON DATABASE wiki TO readers;
CREATE DATABASE "odd =name" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\connect wiki
CREATE EXTENSION pg_trgm;
CREATE SCHEMA app AUTHORIZATION wiki;
CREATE TYPE app.mood AS ENUM ('ok', 'sad');
CREATE TABLE app.page (id serial PRIMARY KEY, title text NOT NULL, body bytea, price numeric(10, 2) CHECK (price >= 0),
    mood app.mood, seen timestamptz DEFAULT now(), doc jsonb, tags text[], ratio float8);
ALTER TABLE app.page OWNER TO wiki;
INSERT INTO app.page (title, body, price, mood, seen, doc, tags, ratio) VALUES
    ('Main \ page 雪', '\x00ff0a', 1.50, 'ok', '2011-11-09 10:00+09', '{"a": [1]}', '{x,"y z"}', 0.1),
    ('a', NULL, NULL, NULL, NULL, NULL, NULL, NULL), ('a', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
DELETE FROM app.page WHERE id = 3;
CREATE TABLE app.link (page int REFERENCES app.page ON DELETE CASCADE, irekae_row text) PARTITION BY LIST (page);
CREATE TABLE app.link_1 PARTITION OF app.link FOR VALUES IN (1);
INSERT INTO app.link VALUES (1, 'x');
CREATE INDEX ON app.page USING gin (title gin_trgm_ops);
CREATE VIEW app.titles AS SELECT title FROM app.page;
CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) FROM app.page;
GRANT SELECT ON app.page TO readers;
CREATE FUNCTION app.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER on_page BEFORE UPDATE ON app.page FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
ALTER TABLE app.page ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.page USING (title <> 'hidden');
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO readers;
SELECT lo_from_bytea(0, '\x414243');
\connect "dbname='odd =name'"
CREATE TABLE t (id int, name text);
INSERT INTO t VALUES (1, 'é');
"""

POSTGRESQL_BEFORE = """
CREATE ROLE wiki LOGIN PASSWORD 'another' CONNECTION LIMIT 7;
CREATE ROLE writers;
GRANT writers TO wiki;
CREATE ROLE local LOGIN;
CREATE DATABASE wiki OWNER local;
CREATE DATABASE own;
\\connect wiki
CREATE TABLE page (id int PRIMARY KEY, note text);
INSERT INTO page VALUES (1, 'of the standby');
GRANT SELECT ON page TO wiki;
"""

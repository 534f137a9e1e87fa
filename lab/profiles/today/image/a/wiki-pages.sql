USE wiki;
INSERT INTO page (name, contents, md5hex) VALUES
    ('ServerExchange', 'log in to mars\nlog in to venus\n', MD5('log in to mars\nlog in to venus\n')),
    ('入れ替え', '日本語のページ. 🚀\n', MD5('日本語のページ. 🚀\n')),
    ('It''s "odd"; DROP TABLE', CONCAT('tab\t, NUL-free, backslash \\, quote '', ', REPEAT('long ', 5000)), '');
UPDATE page SET md5hex = MD5(contents);
UPDATE page SET contents = CONCAT(contents, 'and more\n'), md5hex = MD5(contents) WHERE name = 'SandBox';
INSERT INTO attachment SELECT id, 'picture.bin', UNHEX(REPEAT('00ff0a27225c', 20000)) FROM page WHERE name = 'FrontPage';
INSERT INTO page (name, contents, md5hex) SELECT CONCAT('Note', seq), REPEAT(MD5(seq), 1 + seq MOD 40), MD5(REPEAT(MD5(seq), 1 + seq MOD 40)) FROM seq_1_to_400;

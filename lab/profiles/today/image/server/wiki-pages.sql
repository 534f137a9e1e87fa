USE wiki;
INSERT INTO page (name, contents, md5hex) VALUES
    ('FrontPage', 'Welcome.\n* SandBox\n* ServerExchange\n* 入れ替え\n', MD5('Welcome.\n* SandBox\n* ServerExchange\n* 入れ替え\n')),
    ('SandBox', 'Try it here.\n', MD5('Try it here.\n'));

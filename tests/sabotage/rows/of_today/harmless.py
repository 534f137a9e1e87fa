"""Forms of a healthy pair of today: no check may fail of them."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import HOST, OTHER, UNITS


def variation(name: str, what: str, do: str, *keeps: str, undo: str = "", host: str = HOST, **more: object) -> Row:
    """A pair that has been so since its last boot."""
    found = {"do": do, "keeps": keeps, "undo": undo, "harmless": True, "booted": host in (HOST, OTHER), **more}
    return Row(f"harmless-{name}", host, what, (), **found)  # type: ignore[arg-type]


_RELOAD = "systemctl daemon-reload"
ROWS = (
    variation("postfix-forms", "main.cf names each host's maps by another kind, lists over several lines, comments",
              "printf '\\n# of mars, not of venus\\nsmtpd_banner = $myhostname ESMTP\\n' >> /etc/postfix/main.cf\n"
              "postconf -X mydestination\n"
              "printf 'mydestination = localhost,\n  $myhostname,\n  example.org\n' >> /etc/postfix/main.cf\n"
              "systemctl reload postfix",
              "/etc/postfix", undo="systemctl reload postfix"),
    variation("postfix-own-name-of-the-service", "myhostname is the service's name, which moves along",
              "postconf -e myhostname=mail.example.org 'mydestination = example.org, mars.dc.example.net, localhost'\n"
              "systemctl reload postfix", "/etc/postfix", undo="systemctl reload postfix"),
    variation("dovecot-in-one-file", "dovecot's configuration lies in one file, as doveconf prints it",
              "doveconf -n > /run/sabotage/all; cat /run/sabotage/all > /etc/dovecot/dovecot.conf\n"
              "systemctl restart dovecot", "/etc/dovecot", undo="systemctl restart dovecot"),
    variation("drop-ins", "units have drop-ins that change nothing that matters",
              "for unit in apache2 dovecot mariadb named; do mkdir -p /etc/systemd/system/$unit.service.d\n"
              "printf '[Service]\\nRestart=on-failure\\n' > /etc/systemd/system/$unit.service.d/restart.conf; done\n"
              f"{_RELOAD}", *UNITS, undo=_RELOAD),
    variation("more-timers", "a timer of the team's own, and one that is masked",
              "printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' > "
              "/etc/systemd/system/tidy.timer\nprintf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\n' > "
              f"/etc/systemd/system/tidy.service; systemctl mask fstrim.timer 2> /dev/null; {_RELOAD}\n"
              "systemctl enable --now tidy.timer 2> /dev/null",
              *UNITS, undo=f"systemctl stop tidy.timer 2> /dev/null || true; {_RELOAD}"),
    variation("renewed-certificate", "certbot has renewed the certificate, and the services were reloaded",
              "cd /etc/letsencrypt/archive/example.org; for part in cert chain fullchain privkey; do\n"
              "cp -p ${part}2.pem ${part}3.pem; ln -sfn ../../archive/example.org/${part}3.pem ../../live/example.org/$part.pem\n"
              "done; systemctl reload apache2 postfix dovecot",
              "/etc/letsencrypt/live", undo="rm -f /etc/letsencrypt/archive/example.org/*3.pem; "
              "systemctl reload apache2 postfix dovecot"),
    variation("firewall", "nftables lets in what is served, over both families, and nothing else",
              "nft -f - <<'END'\ntable inet own {\nchain in { type filter hook input priority 10; policy drop;\n"
              "iif lo accept; ct state established,related accept; meta l4proto { icmp, ipv6-icmp } accept\n"
              "tcp dport { 22, 25, 53, 80, 110, 143, 443, 465, 587, 993, 995 } accept; udp dport 53 accept\n}\n}\nEND",
              undo="nft delete table inet own"),
    variation("zone-forms", "zone files with units, origins and lower case; the serial went on",
              "sed -i 's/2026112601/2026112602/; s/^mail\\tIN/mail.example.org. 5m in/' /etc/bind/zones/db.example.org\n"
              "rndc reload > /dev/null", "/etc/bind", undo="systemctl restart named"),
    variation("wiki-was-used", "users have written into the wiki and made an account since the copy",
              "mariadb -e \"INSERT INTO wiki.page (name, contents, md5hex) VALUES ('New', 'x', ''); "
              "CREATE USER guest@localhost\"",
              undo="mariadb -e \"DELETE FROM wiki.page WHERE name = 'New'; DROP USER guest@localhost\""),
    variation("library-was-used", "books were bought and lent, and a role was made, since the copy",
              "runuser -u postgres -- psql -Xq library -c \"INSERT INTO book (title) VALUES ('Newest'); "
              "INSERT INTO loan (book, borrower) VALUES (7, 'carol'); CREATE ROLE guest\"",
              undo="runuser -u postgres -- psql -Xq library -c \"DELETE FROM book WHERE title = 'Newest'; "
              "DELETE FROM loan WHERE borrower = 'carol'; DROP ROLE guest\""),
    variation("databases-were-added-to", "the administrator has made accounts with rights, a table and indexes; numbers go on",
              "mariadb -e \"CREATE USER guest@localhost IDENTIFIED BY 'g'; GRANT SELECT ON wiki.* TO guest@localhost; "
              "CREATE INDEX later ON wiki.page (changed); CREATE TABLE wiki.later (id INT AUTO_INCREMENT PRIMARY KEY)\"\n"
              "runuser -u postgres -- psql -Xq library -c \"SELECT nextval('book_id_seq'); CREATE ROLE guest LOGIN; "
              "GRANT CONNECT ON DATABASE library TO guest; GRANT SELECT ON book TO guest; CREATE INDEX later ON book (title); "
              "CREATE TABLE more (id serial PRIMARY KEY)\" > /dev/null",
              undo="mariadb -e \"DROP USER guest@localhost; DROP INDEX later ON wiki.page; DROP TABLE wiki.later\"\n"
              "runuser -u postgres -- psql -Xq library -c \"DROP OWNED BY guest; DROP ROLE guest; DROP INDEX later; "
              "DROP TABLE more\""),
    variation("trees-were-used", "users have written into the trees, and members have joined, since the copy",
              "echo new > /srv/www/main/new.html; echo more >> /srv/www/main/log.html; "
              "mkdir /srv/files/new; echo dave@example.org > /var/spool/mlmmj/team/subscribers.d/d\n"
              "chown mlmmj: /var/spool/mlmmj/team/subscribers.d/d",
              "/srv/www/main/log.html", "/var/spool/mlmmj/team/subscribers.d",
              undo="rm -r /srv/www/main/new.html /srv/files/new"),
)  # fmt: skip

#!/bin/bash
# Machine b: this year's build, on standby. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
fqdn=$3

# The builder's own account, on this machine only.
work_account builder1 30003 "Builder"
usermod -p "$(openssl passwd -6 -salt builder1 "builder1-$LAB_USERS_PASSWORD")" builder1
printf 'how this server was built\n' > /home/builder1/log.txt
printf '30 4 1 1 * $HOME/bin/build\n' > /var/spool/cron/crontabs/builder1
chown builder1:builder1 /home/builder1/log.txt
chown builder1:crontab /var/spool/cron/crontabs/builder1
chmod 0600 /var/spool/cron/crontabs/builder1

python3 /lab/server/fill.py b

# Takes no mail; what its own programs send goes to production.
postconf -e 'myorigin = example.org' 'inet_interfaces = loopback-only' 'mydestination = localhost' \
    'virtual_mailbox_domains =' 'virtual_alias_maps ='

# An old copy of the certificates.
certificate 1 example.org www.example.org mail.example.org
certificate 1 files.example.com
acme_account "$fqdn"
reload_with_certificates

# The wiki as it was when this server was built.
fill_wiki() {
    mariadb --default-character-set=utf8mb4 < /usr/local/lib/wiki/schema.sql
    mariadb --default-character-set=utf8mb4 < /lab/server/wiki-pages.sql
    mariadb -e "CREATE USER wiki@localhost IDENTIFIED BY 'old-$LAB_WIKI_PASSWORD'; GRANT ALL ON wiki.* TO wiki@localhost;"
}
with_database fill_wiki
with_postgresql /lab/server/library.sql /lab/b/library.sql

install -d /etc/monitor
printf '# reports to the monitor\nreport_as = %s\nlabel = "disk of venus"\nmotto = marsden\n' "$fqdn" > /etc/monitor/agent.conf
systemctl enable --quiet fail2ban mariadb postgresql report.timer
systemctl disable --quiet certbot.timer apache2 named dovecot

# This year's build answers for its help pages itself.
sed -i 's/^help\(.*\)files.example.com.$/help\1www.example.org./' /etc/bind/zones/db.example.org
grep -q '^help.*www' /etc/bind/zones/db.example.org

#!/bin/bash
# Machine a: last year's server, in production. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
fqdn=$3

python3 /lab/server/fill.py a

# --- resolver: its own name server --------------------------------------------------------------------------------------
printf 'nameserver 127.0.0.1\nsearch %s\n' "${fqdn#*.}" > /etc/resolv.conf

# --- mail ----------------------------------------------------------------------------------------------------------------
postconf -e 'myorigin = $myhostname' 'inet_interfaces = all' "mydestination = example.org, $fqdn, localhost" \
    'virtual_mailbox_domains = example.com' 'virtual_alias_maps = hash:/etc/postfix/lists'

# The list.
list=/var/spool/mlmmj/team
install -d $list $list/{incoming,queue,queue/discarded,archive,text,subconf,unsubconf,bounce,control,moderation,requeue,subscribers.d,digesters.d,nomailsubs.d}
cp -R /usr/share/mlmmj/text.skel/en/. $list/text
printf 'team@example.org\n' > $list/control/listaddress
printf 'admin@example.org\n' > $list/control/owner
printf '+\n' > $list/control/delimiter
printf '[team] \n' > $list/control/prefix
printf 'alice@example.org\n' > $list/subscribers.d/a
printf 'bob@example.org\n' > $list/subscribers.d/b
printf 'carol@example.org\n' > $list/subscribers.d/c
printf '0\n' > $list/index
touch $list/control/addtohdr
chown -R mlmmj:mlmmj $list

# --- certificates ----------------------------------------------------------------------------------------------------------
certificate 1 example.org www.example.org mail.example.org wiki.example.org
certificate 2 example.org www.example.org mail.example.org wiki.example.org
certificate 1 files.example.com
acme_account "$fqdn"
reload_with_certificates

# --- web, wiki -------------------------------------------------------------------------------------------------------------
printf '<html><head><title>Example</title></head><body><h1>Example</h1><p>Pages of example.org.</p></body></html>\n' > /srv/www/main/index.html
printf '<html><body><p>Old log of venus and mars, and of marsden.</p></body></html>\n' > /srv/www/main/log.html
chown www:www /srv/www/main/*
python3 /lab/server/fill.py srv
fill_wiki() {
    mariadb --default-character-set=utf8mb4 < /usr/local/lib/wiki/schema.sql
    mariadb --default-character-set=utf8mb4 < /lab/server/wiki-pages.sql
    mariadb --default-character-set=utf8mb4 < /lab/a/wiki-pages.sql
    mariadb -e "CREATE USER wiki@localhost IDENTIFIED BY '$LAB_WIKI_PASSWORD'; GRANT SELECT, INSERT, UPDATE, DELETE ON wiki.* TO wiki@localhost;
        CREATE USER reader@localhost IDENTIFIED BY 'r-$LAB_WIKI_PASSWORD'; GRANT SELECT ON wiki.recent TO reader@localhost;"
}
with_database fill_wiki
with_postgresql /lab/server/library.sql /lab/a/library.sql

# --- what users and administrators have set up ----------------------------------------------------------------------------
for user in alice bob judy; do
    cat > /var/spool/cron/crontabs/$user <<CRONTAB
# crontab of $user, first written on mars
MAILTO=$user@example.org
40 4 1 1 * \$HOME/bin/yearly
CRONTAB
done
printf '@reboot exec -a simulate sleep 1000000\n' >> /var/spool/cron/crontabs/bob
sed -i '1i SHELL=/bin/bash' /var/spool/cron/crontabs/bob
for user in alice bob judy; do
    chown "$user:crontab" /var/spool/cron/crontabs/$user
    chmod 0600 /var/spool/cron/crontabs/$user
done
su carol -c 'echo "$HOME/bin/yearly" | at 04:00 2031-01-01' 2>/dev/null
units=/home/alice/.config/systemd/user
install -d $units/timers.target.wants
printf '[Unit]\nDescription=Notes, kept every night\n[Service]\nType=oneshot\nExecStart=/bin/cp -a %%h/doc %%h/kept\n' > $units/notes.service
printf '[Unit]\nDescription=Notes, kept every night\n[Timer]\nOnCalendar=*-*-* 01:10:00\n[Install]\nWantedBy=timers.target\n' > $units/notes.timer
ln -s ../notes.timer $units/timers.target.wants/notes.timer
chown -Rh alice:alice /home/alice/.config
install -d /var/lib/systemd/linger
touch /var/lib/systemd/linger/alice
install -d -m 0700 /root/.ssh
shared_key root-of-old-times /root/.ssh/old
mv /root/.ssh/old.pub /root/.ssh/authorized_keys
rm /root/.ssh/old
chmod 0600 /root/.ssh/authorized_keys
shared_key carol-login /root/carol
authorize carol "" /root/carol.pub
rm /root/carol /root/carol.pub

# A name in a file that no list mentions; a link to what is no more.
install -d /etc/monitor
printf '# reports to the monitor\nreport_as = %s\nlabel = "disk of mars"\nmotto = marsden\n' "$fqdn" > /etc/monitor/agent.conf
ln -s /srv/old/files /srv/files/archive

systemctl enable --quiet apache2 named dovecot mariadb postgresql fail2ban certbot.timer report.timer dump@wiki.timer

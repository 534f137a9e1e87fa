#!/bin/bash
# Machine a: last year's server, in production. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
fqdn=$3
python3 /lab/server/fill.py a

exim_settings example.net:example.org:juno.dc.example.net:localhost '' true

certificate 1 www.example.net mail.example.net
readable_by_exim
acme_account "$fqdn"
printf '<html><body><h1>Office</h1></body></html>\n' > /srv/www/index.html
printf 'mail of juno, for juno.dc.example.net\n' > /srv/www/old.txt
printf '# crontab of ada\n40 4 1 1 * $HOME/bin/yearly\n' > /var/spool/cron/crontabs/ada
chown ada:crontab /var/spool/cron/crontabs/ada
chmod 0600 /var/spool/cron/crontabs/ada
install -d -m 0700 /root/.ssh
shared_key ada-login /root/ada
authorize ada "" /root/ada.pub
rm /root/ada /root/ada.pub
systemctl enable --quiet nginx dovecot

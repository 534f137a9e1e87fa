#!/bin/bash
# Machine outside: another computer: mail client and mail exchanger, name server of the campus. With `bash -eu`.
. /lab/lib.sh
fqdn=$3
install_qmail
mail_names "$fqdn"
mail_domains localhost "$fqdn"
mail_alias root gaibu
mail_alias postmaster gaibu
work_account gaibu 30031 "Somebody elsewhere"
maildir gaibu
maildir hayashi
maildir mori
printf '%s\n' "$fqdn" > /etc/mailname

rm -f /etc/init.d/named
install -d -m 0775 -o bind -g adm /var/log/named
chown -R root:bind /usr/local/bind/etc/namedb
# named insists on a working folder that it may write to.
chmod 2775 /usr/local/bind/etc/namedb
printf 'nameserver 127.0.0.1\nsearch %s\n' "${fqdn#*.}" > /etc/resolv.conf

install -d -m 0700 /root/.ssh
shared_key ueno-login /root/.ssh/ueno
chmod 0755 /usr/local/sbin/lab-visitor /etc/init.d/lab-visitor

starts_at_boot bind qmail lab-visitor
links_by_hand

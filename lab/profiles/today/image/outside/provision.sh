#!/bin/bash
# Machine outside: another computer: mail client and mail exchanger, name server of the provider. With `bash -eu`.
. /lab/lib.sh
fqdn=$3
trust_lab
postconf -e "myhostname = $fqdn" "mydestination = $fqdn, localhost" 'home_mailbox = Maildir/' 'inet_interfaces = all'
printf 'postmaster: root\nroot: guest\n' > /etc/aliases
newaliases
printf '%s\n' "$fqdn" > /etc/mailname
work_account guest 30031 "Somebody elsewhere"
maildir guest
maildir hayashi
maildir mori
rm /etc/bind/named.conf.*
printf 'nameserver 127.0.0.1\nsearch %s\n' "${fqdn#*.}" > /etc/resolv.conf
install -d -m 0700 /root/.ssh
shared_key carol-login /root/.ssh/carol
chmod 0755 /usr/local/sbin/lab-visitor
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer fstrim.timer
systemctl enable --quiet named postfix lab-visitor

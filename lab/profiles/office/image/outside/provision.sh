#!/bin/bash
# Machine outside: another computer: mail client and mail exchanger, name server of the provider. With `bash -eu`.
. /lab/lib.sh
fqdn=$3
trust_lab
exim_settings "$fqdn" '' false
printf 'postmaster: root\nroot: guest\n' > /etc/aliases
printf '%s\n' "$fqdn" > /etc/mailname
work_account guest 30031 "Somebody elsewhere"
maildir guest
maildir hayashi
maildir mori
rm /etc/bind/named.conf.*
printf 'nameserver 127.0.0.1\nsearch %s\n' "${fqdn#*.}" > /etc/resolv.conf
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer fstrim.timer 2>/dev/null || true
systemctl enable --quiet named exim4

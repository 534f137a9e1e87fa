#!/bin/bash
# Machine outside: another computer: mail client and mail exchanger, name server of the provider. With `bash -eu`.
. /lab/lib.sh
fqdn=$3
trust_lab
cat > /etc/exim4/update-exim4.conf.conf <<EXIM
dc_eximconfig_configtype='internet'
dc_other_hostnames='$fqdn'
dc_local_interfaces=''
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='false'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='maildir_home'
EXIM
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

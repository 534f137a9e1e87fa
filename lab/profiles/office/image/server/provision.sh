#!/bin/bash
# What production and standby have in common. Runs in the image with `bash -eu`.
#   provision.sh NAME ADDRESS FQDN OTHERNAME OTHERADDRESS OTHERFQDN
. /lab/lib.sh
name=$1 address=$2 fqdn=$3 other_name=$4 other_address=$5 other_fqdn=$6

# --- names ---------------------------------------------------------------------------------------------------------------
printf '%s %s %s\n' "$other_address" "$other_fqdn" "$other_name" >> /etc/hosts
printf '%s\n' "$fqdn" > /etc/mailname
printf 'Welcome to %s. Questions: office@example.net.\n' "$name" > /etc/motd

# --- accounts ------------------------------------------------------------------------------------------------------------
# System groups were made in another order on each machine: what belongs to them has other numbers there.
[ "$LAB_MACHINE" = a ] || { old=$(getent group Debian-exim | cut -d: -f3); groupmod -g 880 Debian-exim; find / -xdev -gid "$old" -exec chgrp -h Debian-exim {} +; }
users_of /lab/server/users.tsv "$LAB_USERS_PASSWORD"
usermod -p "$(openssl passwd -6 -salt "$LAB_MACHINE" "root-$LAB_USERS_PASSWORD")" root
maildir hayashi
maildir mori

# --- mail: Debian's exim4, its configuration in small files -----------------------------------------------------------------
cat > /etc/aliases <<'ALIASES'
postmaster: root
root: office
office: hayashi, mori, postcheck
# a mailbox that is no more: what comes for it waits
ticket: "|exit 75"
ALIASES
cat > /etc/exim4/conf.d/main/000_localmacros <<'MACROS'
# TLS, and the port at which users send
MAIN_TLS_ENABLE = yes
MAIN_TLS_CERTIFICATE = /etc/letsencrypt/live/www.example.net/fullchain.pem
MAIN_TLS_PRIVATEKEY = /etc/letsencrypt/live/www.example.net/privkey.pem
daemon_smtp_ports = 25 : 587
MACROS

# --- mailboxes, web --------------------------------------------------------------------------------------------------------
trust_lab
rm -f /etc/nginx/sites-enabled/default
ln -s ../sites-available/www /etc/nginx/sites-enabled/www
install -d -m 0755 /srv/www /srv/scans
chmod 0755 /usr/local/sbin/*
printf '%s\n' "$LAB_MACHINE" > /var/cache/lab-first-mail
cat >> /etc/crontab <<'CRONTAB'
# a test of the mail to the administrators, once a year
15 5	1 4 *	root	mail -s "`hostname -f` test" office@example.net < /dev/null
CRONTAB
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer fstrim.timer 2>/dev/null || true
systemctl enable --quiet exim4 lab-first-mail

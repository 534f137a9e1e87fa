#!/bin/bash
# What production and standby have in common. Runs in the image with `bash -eu`.
#   provision.sh NAME ADDRESS FQDN OTHERNAME OTHERADDRESS OTHERFQDN
. /lab/lib.sh
name=$1 address=$2 fqdn=$3 other_name=$4 other_address=$5 other_fqdn=$6
domain=${fqdn#*.}

# --- names ---------------------------------------------------------------------------------------------------------------
cat > /etc/hosts <<HOSTS
127.0.0.1	localhost
$address	$fqdn	$name
$LAB_IPV6	$fqdn	$name
$other_address	$other_fqdn	$other_name

# The following lines are desirable for IPv6 capable hosts
::1	localhost ip6-localhost ip6-loopback
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
# the printer, long gone
192.0.2.72	marsden.$domain marsden
HOSTS
printf '%s\n' "$fqdn" > /etc/mailname
cat > /etc/motd <<MOTD
*** $name ($fqdn) ***

Mail, web and names of example.org. Ask admin@example.org.
marsden is a user, not a host.
MOTD
printf 'ServerName %s\n' "$fqdn" > /etc/apache2/conf-available/server-name.conf

# --- accounts ------------------------------------------------------------------------------------------------------------
# System accounts were made in another order on each machine: what belongs to them has other numbers there.
if [ "$LAB_MACHINE" = a ]; then
    useradd -r -u 990 -U -M -d /var/vmail -s /usr/sbin/nologin vmail
    useradd -r -u 989 -U -M -d /var/spool/mlmmj -s /usr/sbin/nologin mlmmj
else
    useradd -r -u 989 -U -M -d /var/vmail -s /usr/sbin/nologin vmail
    useradd -r -u 988 -U -M -d /var/spool/mlmmj -s /usr/sbin/nologin mlmmj
fi
users_of /lab/server/users.tsv "$LAB_USERS_PASSWORD"
if [ "$LAB_MACHINE" = a ]; then groupadd -g 2000 team; else groupadd -g 2100 team; fi
gpasswd -M alice,bob,carol team > /dev/null
work_account pull 30010 "Backup, read by saturn"
work_account www 30011 "Web pages"
usermod -p "$(openssl passwd -6 -salt "$LAB_MACHINE" "root-$LAB_USERS_PASSWORD")" root
maildir hayashi
maildir mori

# --- mail ----------------------------------------------------------------------------------------------------------------
postconf -e "myhostname = $fqdn" 'smtpd_tls_cert_file = /etc/letsencrypt/live/example.org/fullchain.pem' \
    'smtpd_tls_key_file = /etc/letsencrypt/live/example.org/privkey.pem' 'smtpd_sasl_type = dovecot' \
    'smtpd_sasl_path = private/auth' 'home_mailbox = Maildir/' 'virtual_mailbox_base = /var/vmail' \
    'virtual_mailbox_maps = hash:/etc/postfix/vmailbox' "virtual_uid_maps = static:$(id -u vmail)" \
    "virtual_gid_maps = static:$(id -g vmail)" 'transport_maps = hash:/etc/postfix/transport' \
    'mlmmj_destination_recipient_limit = 1' 'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination' \
    'relay_domains =' 'virtual_alias_domains ='
postconf -M 'submission/inet=submission inet n - y - - smtpd' 'submissions/inet=submissions inet n - y - - smtpd' \
    'mlmmj/unix=mlmmj unix - n n - - pipe flags=ORhu user=mlmmj argv=/usr/bin/mlmmj-receive -F -L /var/spool/mlmmj/$nexthop'
postconf -P submission/inet/smtpd_tls_security_level=encrypt submission/inet/smtpd_sasl_auth_enable=yes \
    submission/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject submission/inet/syslog_name=postfix/submission \
    submissions/inet/smtpd_tls_wrappermode=yes submissions/inet/smtpd_sasl_auth_enable=yes \
    submissions/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject submissions/inet/syslog_name=postfix/submissions
cat > /etc/aliases <<'ALIASES'
postmaster: root
mailer-daemon: postmaster
root: admin
admin: hayashi, mori, postcheck
# a program that is no more: what comes for it waits
ticket: "|exit 75"
ALIASES
printf '%s\n' 'anna@example.com example.com/anna/Maildir/' 'otto@example.com example.com/otto/Maildir/' > /etc/postfix/vmailbox
printf '%s\n' 'team@example.org team@localhost.mlmmj' 'postcheck@example.com postcheck@example.org' > /etc/postfix/lists
printf 'team@localhost.mlmmj mlmmj:team\n' > /etc/postfix/transport
for table in vmailbox lists transport; do postmap "/etc/postfix/$table"; done
newaliases
# The queue's folders, dovecot's socket lies in one.
postfix check
install -d -m 0750 -o vmail -g vmail /var/vmail
install -d -m 0750 -o mlmmj -g mlmmj /var/spool/mlmmj

# --- mailboxes -----------------------------------------------------------------------------------------------------------
sed -i 's/^!include auth-system.conf.ext/!include auth-passwdfile.conf.ext\n!include auth-system.conf.ext/' /etc/dovecot/conf.d/10-auth.conf
cat > /etc/dovecot/conf.d/auth-passwdfile.conf.ext <<'DOVECOT'
# Mailboxes of those who have no account.
passdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
userdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
DOVECOT
cat > /etc/dovecot/local.conf <<'DOVECOT'
mail_driver = maildir
mail_home =
mail_path = ~/Maildir
mail_inbox_path = ~/Maildir
ssl_server_cert_file = /etc/letsencrypt/live/example.org/fullchain.pem
ssl_server_key_file = /etc/letsencrypt/live/example.org/privkey.pem
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
DOVECOT
: > /etc/dovecot/users
for user in anna otto; do
    hash=$(openssl passwd -6 -salt "$user" "$user-$LAB_USERS_PASSWORD")
    printf '%s@example.com:{SHA512-CRYPT}%s:%s:%s::/var/vmail/example.com/%s::\n' \
        "$user" "$hash" "$(id -u vmail)" "$(id -g vmail)" "$user" >> /etc/dovecot/users
done
chown root:dovecot /etc/dovecot/users
chmod 0640 /etc/dovecot/users

# --- web, wiki -------------------------------------------------------------------------------------------------------------
trust_lab
a2enmod -q ssl cgid userdir rewrite
a2dissite -q 000-default
a2enconf -q server-name
a2ensite -q www wiki files
chmod 0755 /usr/local/lib/wiki/wiki.cgi /usr/local/sbin/*
sed -i "s/@PASSWORD@/$LAB_WIKI_PASSWORD/" /etc/wiki/wiki.conf
chown root:www-data /etc/wiki/wiki.conf
chmod 0640 /etc/wiki/wiki.conf
install -d -m 0755 -o www -g www /srv/www /srv/www/main
install -d -m 2775 -o root -g team /srv/files
install -d -m 0700 /srv/backup

# --- the rest --------------------------------------------------------------------------------------------------------------
rm -f /etc/fail2ban/jail.d/*
chmod 0440 /etc/sudoers.d/pull
shared_key pull-key /root/pull
install -m 0755 /lab/only-rsync /usr/local/sbin/pull-rsync
authorize pull 'command="/usr/local/sbin/pull-rsync",no-pty,no-port-forwarding,no-agent-forwarding,no-X11-forwarding' /root/pull.pub
rm /root/pull /root/pull.pub
cat >> /etc/crontab <<'CRONTAB'
# a test of the mail to the administrators, once a year
15 5	1 4 *	root	mail -s "`hostname -f` test" admin@example.org < /dev/null
CRONTAB
printf '%s\n' "$LAB_MACHINE" > /var/cache/lab-first-mail
# Nobody looks for updates while a lab is at work.
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer fstrim.timer man-db.timer 2>/dev/null || true
systemctl enable --quiet postfix lab-first-mail
# A firewall that nobody has set up.
systemctl disable --quiet nftables

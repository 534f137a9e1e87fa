#!/bin/bash
# What production and standby have in common. Runs in the image with `bash -eu`.
#   provision.sh NAME ADDRESS FQDN OTHERNAME OTHERADDRESS OTHERFQDN
. /lab/lib.sh
name=$1 address=$2 fqdn=$3 other_name=$4 other_address=$5 other_fqdn=$6
domain=${fqdn#*.}

# --- names (the files of item 5.1, each in its own syntax) ---------------------------------------------------------------
cat > /etc/hosts <<HOSTS
127.0.0.1	localhost
$address	$fqdn	$name $name-itpass
$other_address	$other_fqdn	$other_name ${other_name}-itpass

# The following lines are desirable for IPv6 capable hosts
::1	localhost ip6-localhost ip6-loopback
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
# 198.51.100.72 is takoyaki, a machine of its own
198.51.100.72	takoyaki.$domain takoyaki
HOSTS
printf '%s\n' "$fqdn" > /etc/mailname
cat > /etc/motd <<MOTD
*** $name ($fqdn) ***

This is the ITPASS server $name. Maintained by itpadmin.
ikasumi and takoyaki are users, not hosts.
MOTD
sed -i -E \
    -e "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/" \
    -e "s/^dc_other_hostnames=.*/dc_other_hostnames='$fqdn:$name:localhost'/" \
    -e "s/^dc_readhost=.*/dc_readhost='$fqdn'/" \
    -e "s/^dc_localdelivery=.*/dc_localdelivery='maildir_home'/" /etc/exim4/update-exim4.conf.conf
install -d -m 0755 /etc/gate
cat > /etc/gate/gate.conf <<GATE
# gate-toroku-system: configuration, a Perl file of assignments
\$hostname    = '$name';
\$fqdn        = "$fqdn";
\$mailfrom    = 'gate@$fqdn';
\$admin       = 'itpadmin@itpass.$domain';
\$site_url    = 'https://itpass.$domain/gate/';
\$userdb      = '/home/gate/userdb';
\$uid_min     = 1000;
\$uid_max     = 29999;
# homes are made on this host: $name
@homehosts   = ('$name', 'localhost');
1;
GATE
cat > /etc/network/interfaces <<INTERFACES
# interfaces(5) of $name
auto lo
iface lo inet loopback

# the laboratory's network
auto eth0
iface eth0 inet static
	address $address
	netmask 255.255.255.0
	network 198.51.100.0
	broadcast 198.51.100.255
INTERFACES

# --- accounts ------------------------------------------------------------------------------------------------------------
install_qmail
users_of /lab/server/users.tsv "$LAB_GATE_PASSWORD"
# A group of the same name with another number on each machine.
if [ "$LAB_MACHINE" = a ]; then groupadd -g 2000 epalab; else groupadd -g 2100 epalab; fi
gpasswd -M asada,ikeda,ueno epalab
work_account epabk 30010 "Backup, read by dennou"
work_account www 30011 "Web pages"
# root has a password; nobody may use it through ssh.
usermod -p "$(openssl passwd -6 -salt "$LAB_MACHINE" "root-$LAB_GATE_PASSWORD")" root
maildir hayashi
maildir mori

# --- ssh -----------------------------------------------------------------------------------------------------------------
sed -i -E \
    -e 's/^#?PermitRootLogin .*/#PermitRootLogin forced-commands-only\nPermitRootLogin no/' \
    -e 's/^#?PasswordAuthentication .*/PasswordAuthentication yes/' \
    -e 's/^#?MaxAuthTries .*/MaxAuthTries 6/' /etc/ssh/sshd_config

# --- mail ----------------------------------------------------------------------------------------------------------------
mail_names "$fqdn"
mail_alias root itpadmin
mail_alias postmaster itpadmin
mail_alias mailer-daemon postmaster
mail_alias itpadmin hayashi mori popcheck

# --- pop -----------------------------------------------------------------------------------------------------------------
chmod 0755 /usr/local/qpopper/*bin/*
/usr/local/qpopper/bin/popauth -init

# --- name server ---------------------------------------------------------------------------------------------------------
rm -f /etc/init.d/named
install -d -m 0775 -o bind -g adm /var/log/named
cat > /usr/local/bind/etc/namedb/localhost.zone <<ZONE
\$TTL 86400
@	IN	SOA	$fqdn. root.$fqdn. (
			2010102901	; serial
			3600		; refresh
			900		; retry
			604800		; expire
			86400 )		; minimum
	IN	NS	$fqdn.
	IN	A	127.0.0.1
ZONE
cat > /usr/local/bind/etc/namedb/localhost.rev <<ZONE
\$TTL 86400
@	IN	SOA	$fqdn. root.$fqdn. (
			2010102901	; serial
			3600		; refresh
			900		; retry
			604800		; expire
			86400 )		; minimum
	IN	NS	$fqdn.
1	IN	PTR	localhost.
ZONE
chown -R root:bind /usr/local/bind/etc/namedb
# named insists on a working folder that it may write to.
chmod 2775 /usr/local/bind/etc/namedb

# --- web -----------------------------------------------------------------------------------------------------------------
install -d -m 0750 -o root -g adm /var/log/apache2
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj "/O=ITPASS/OU=machine $LAB_MACHINE/CN=itpass.$domain" -addext "subjectAltName=DNS:itpass.$domain,DNS:www.itpass.$domain" \
    -keyout /usr/local/apache2/conf/server.key -out /usr/local/apache2/conf/server.crt 2>/dev/null
chmod 0600 /usr/local/apache2/conf/server.key
ln -s /usr/share/hiki/hiki.cgi /usr/local/hiki/hiki.cgi
# Hiki 1.0 is written for Ruby 2; Debian 12 has Ruby 3: blocks and keyword arguments are passed otherwise.
sed -i -E 's/^(    def add_[a-z_]+_proc\( .*)block = Proc\.new \)/\1\&block )/' /usr/share/hiki/hiki/plugin.rb
sed -i -E 's/\{ *:preserve => true *\}/:preserve => true/' /usr/share/hiki/hiki/db/flatfile.rb
chmod 0755 /usr/local/gate/cgi/gate.cgi
install -d -m 0755 -o www-data -g www-data /home/gate
install -d -m 0700 -o www-data -g www-data /home/gate/userdb

# --- fail2ban ------------------------------------------------------------------------------------------------------------
rm -f /etc/fail2ban/jail.d/*
# Debian's script calls a start of what already runs a failure.
sed -i 's/log_end_msg_wrapper "$?" 255 "$VERBOSE"/log_end_msg_wrapper "$?" 1 "$VERBOSE"/' /etc/init.d/fail2ban
touch /var/log/auth.log
chown root:adm /var/log/auth.log
chmod 0640 /var/log/auth.log

# --- backups and cron ----------------------------------------------------------------------------------------------------
install -m 0755 /lab/only-rsync /usr/local/sbin/epabk-rsync
chmod 0755 /etc/cron.local/daily/230_rsync_epabk
chmod 0440 /etc/sudoers.d/epabk
shared_key epabk-key /root/epabk
authorize epabk 'command="/usr/local/sbin/epabk-rsync",no-pty,no-port-forwarding,no-agent-forwarding,no-X11-forwarding' /root/epabk.pub
rm /root/epabk /root/epabk.pub
cat >> /etc/crontab <<'CRONTAB'
30 2	* * *	root	cd / && run-parts --report /etc/cron.local/daily
# a test of the mail to the administrators, once a year
15 5	1 4 *	root	mail -s "`hostname -f` test" itpadmin@itpass.scitec.kobe-u.ac.jp < /dev/null
CRONTAB

# --- mail that waits -------------------------------------------------------------------------------------------------------
chmod 0755 /etc/init.d/lab-first-mail /usr/local/sbin/lab-first-mail
printf '%s\n' "$LAB_MACHINE" > /var/cache/lab-first-mail

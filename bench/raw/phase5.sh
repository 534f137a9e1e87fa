# The names in the configuration files. Argument: production or standby.
day=$(date +%Y%m%d)
cp -p /var/qmail/control/locals /var/qmail/control/locals.swap; cp -p /var/qmail/control/rcpthosts /var/qmail/control/rcpthosts.swap
files="/etc/hostname /etc/mailname /etc/exim4/update-exim4.conf.conf /etc/motd /var/qmail/control/defaulthost /var/qmail/control/me"
zones="/usr/local/bind/etc/namedb/localhost.zone /usr/local/bind/etc/namedb/localhost.rev"
swap='s/\b(ika|tako)\b/@\1@/g; s/@ika@/tako/g; s/@tako@/ika/g'
for file in $files $zones /etc/gate/gate.conf; do cp -p $file $file.$day; done
sed -E -i "$swap" $files
sed -E -i "/^[ \t]*#/! { $swap }" /etc/gate/gate.conf
sed -E -i "$swap; s/[0-9]{10}([ \t]*; serial)/${day}01\1/" $zones
cp -p /etc/network/interfaces /etc/network/interfaces.$day

# Service settings; the names are exchanged. Arguments: production, its mail domains (locals, rcpthosts); or standby.
day=$(date +%Y%m%d)
cp -p /var/qmail/control/locals /var/qmail/control/locals.$day; cp -p /var/qmail/control/rcpthosts /var/qmail/control/rcpthosts.$day
if [ "$1" = production ]; then
    echo "$2" > /var/qmail/control/locals; echo "$3" > /var/qmail/control/rcpthosts
    cp -a /usr/local/bind/etc/namedb /usr/local/bind/etc/namedb-$day
    grep -q 'BEGIN INIT INFO' /etc/init.d/tcpserver || sed -i '1r /dev/stdin' /etc/init.d/tcpserver <<END
### BEGIN INIT INFO
# Provides:          tcpserver
# Required-Start:    \$remote_fs
# Required-Stop:     \$remote_fs
# Should-Start:      \$network \$syslog
# Should-Stop:       \$network \$syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Start and stop tcpserver
### END INIT INFO
END
    update-rc.d -f bind remove; update-rc.d bind defaults
    for service in qmail tcpserver bind apache2 openbsd-inetd; do update-rc.d $service defaults; update-rc.d $service enable; done
    cp -p /etc/resolv.conf /etc/resolv.conf.$day
    printf 'nameserver 127.0.0.1\nsearch scitec.kobe-u.ac.jp\n' > /etc/resolv.conf
else
    echo localhost > /var/qmail/control/locals; echo localhost > /var/qmail/control/rcpthosts
    service bind stop > /dev/null; update-rc.d bind disable
    cp -p /etc/resolv.conf /etc/resolv.conf.$day
    printf 'nameserver 198.51.100.50\nsearch scitec.kobe-u.ac.jp\n' > /etc/resolv.conf
    service qmail restart > /dev/null
fi
rm -f /var/qmail/control/locals.swap /var/qmail/control/rcpthosts.swap

# Start of the exchange: users out, their jobs held, services stopped. Argument: production or standby.
wall 'Server exchange: please log out now.'
mkdir -p /root/jobs; cd /var/spool/cron/crontabs
for table in *; do [ "$table" = root ] || [ ! -f "$table" ] || [ -L "$table" ] || [ "$(stat -c %U "$table")" != "$table" ] || mv "$table" /root/jobs; done
[ ! -f root ] || [ "$1" = standby ] || cp -p root /root/jobs/root
users=$(awk -F: '$3 >= 1000 && $3 < 30000 && $1 != "hayashi" && $1 != "mori" { print $3 }' /etc/passwd | paste -sd,)
pkill -TERM -U "$users" || true
for try in $(seq 50); do pgrep -U "$users" > /dev/null || break; sleep 0.1; done
pkill -KILL -U "$users" || true
for service in apache2 openbsd-inetd tcpserver; do service $service stop > /dev/null || true; done
if [ "$1" = production ]; then
    pkill -ALRM -x qmail-send || true; sleep 2 # the queue's local mail is let into the mailboxes
    for service in apache2 openbsd-inetd; do update-rc.d $service disable 2> /dev/null; done
    ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/swap <<< y > /dev/null
fi
service qmail stop > /dev/null || true
chmod 000 /etc/cron.local/daily/230_rsync_epabk

#!/bin/bash
# Machine b: this year's build, on standby. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
fqdn=$3

# The builders' own accounts, on this machine only.
work_account chikuwa1 30003 "Builder, web"
work_account chikuwa2 30004 "Builder, mail"
usermod -p "$(openssl passwd -6 -salt chikuwa1 "chikuwa1-$LAB_GATE_PASSWORD")" chikuwa1
printf 'how this server was built\n' > /home/chikuwa1/log.txt
printf '30 4 1 1 * $HOME/bin/build\n' > /var/spool/cron/crontabs/chikuwa1
chown chikuwa1:chikuwa1 /home/chikuwa1/log.txt
chown chikuwa1:crontab /var/spool/cron/crontabs/chikuwa1
chmod 0600 /var/spool/cron/crontabs/chikuwa1
maildir chikuwa2
printf '|exit 111\n' > /home/chikuwa1/.qmail-build
chown chikuwa1:chikuwa1 /home/chikuwa1/.qmail-build
# Users whose shadow line has not been brought over yet.
awk -F'\t' '$5 == "passwd" { print $1 }' /lab/server/users.tsv | while read -r user; do
    sed -i "/^$user:/d" /etc/shadow
done

python3 /lab/server/fill.py b

# Not opened yet: nothing but system mail.
mail_domains localhost

printf 'asada-old\n' | /usr/local/qpopper/bin/popauth -user asada

install -d /etc/monitor/agents.d/disk
printf '# reports to the monitor\nreport_as = %s\nlabel = "disk of tako"\nmotto = takoyaki\n' "$fqdn" \
    > /etc/monitor/agents.d/disk/agent.conf


starts_at_boot fail2ban
# qmail's links were made when it was installed; tcpserver was started by hand after the last boot, so nothing starts it
# at the next one. The host has to boot into that state, once.
starts_at_boot qmail lab-first-mail
cat > /etc/rc.local <<'RCLOCAL'
#!/bin/sh -e
# Nothing is meant to be here.
if [ -x /var/cache/lab/once ]; then
    # Away before it runs: never twice.
    mv /var/cache/lab/once /var/cache/lab/done
    /var/cache/lab/done || true
fi
exit 0
RCLOCAL
chmod 0755 /etc/rc.local
install -d /var/cache/lab
printf '#!/bin/sh\nexec /etc/init.d/tcpserver start\n' > /var/cache/lab/once
chmod 0755 /var/cache/lab/once

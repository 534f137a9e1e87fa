#!/bin/bash
# Machine saturn: takes the backups (phase 10). Runs in the image with `bash -eu`.
. /lab/lib.sh
work_account keeper 30020 "Backups"
cp -a /etc/skel/. /home/keeper/
shared_key pull-key /home/keeper/pull
install -d -m 0700 /home/keeper/.ssh
mv /home/keeper/pull /home/keeper/pull.pub /home/keeper/.ssh/
install -d /home/keeper/log
cat > /var/spool/cron/crontabs/keeper <<'CRONTAB'
10 3 * * * $HOME/homes.sh > /dev/null
40 3 * * * $HOME/settings.sh > /dev/null
CRONTAB
install -D -m 0644 /lab/backup.sh /home/keeper/lib/backup.sh
install -m 0755 /lab/first-backup /usr/local/sbin/lab-first-backup
chown -R keeper:keeper /home/keeper
chmod 0755 /home/keeper/*.sh
chown keeper:crontab /var/spool/cron/crontabs/keeper
chmod 0600 /var/spool/cron/crontabs/keeper
systemctl disable --quiet apt-daily.timer apt-daily-upgrade.timer fstrim.timer
systemctl enable --quiet lab-first-backup

#!/bin/bash
# Machine dennou: takes the backups (phase 10). Runs in the image with `bash -eu`.
. /lab/lib.sh
work_account kobe 30020 "Backups of Kobe"
cp -a /etc/skel/. /home/kobe/
shared_key epabk-key /home/kobe/epabk
install -d -m 0700 /home/kobe/.ssh
mv /home/kobe/epabk /home/kobe/epabk.pub /home/kobe/.ssh/
for log in itpass_rsync_epa2dennnou epalab_rsync_epa2dennnou; do install -d "/home/kobe/${log}_log"; done
cat > /var/spool/cron/crontabs/kobe <<'CRONTAB'
10 3 * * * $HOME/itpass_rsync_epa2dennou.sh > /dev/null
40 3 * * * $HOME/epalab_rsync_epa2dennou_yyh.sh > /dev/null
CRONTAB
install -D -m 0644 /lab/backup.sh /home/kobe/lib/backup.sh
install -m 0755 /lab/first-backup /usr/local/sbin/lab-first-backup
chown -R kobe:kobe /home/kobe
chmod 0755 /home/kobe/*.sh /etc/init.d/lab-first-backup
chown kobe:crontab /var/spool/cron/crontabs/kobe
chmod 0600 /var/spool/cron/crontabs/kobe
install -d /var/lib
update-rc.d lab-first-backup defaults

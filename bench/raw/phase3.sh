# Copy accounts, cron tables, pop secrets and /home. Arguments: production, the standby's address; or standby.
day=$(date +%Y%m%d)
if [ "$1" = standby ]; then
    for file in passwd shadow group gshadow; do cp -p /etc/$file /etc/$file.$day; done
    from=/root/swap/etc
    awk -F: 'NR == FNR { seen[$1]; next } $3 >= 1000 && $3 < 30000 && !($1 in seen)' /etc/passwd $from/passwd > /root/swap/new
    cat /root/swap/new >> /etc/passwd
    names=$(awk -F: '$3 >= 1000 && $3 < 30000 { print $1 }' $from/passwd)
    for file in shadow group gshadow; do
        for name in $names; do grep -q "^$name:" /etc/$file || grep "^$name:" $from/$file >> /etc/$file || true; done
    done
    mkdir -p /root/jobs; cp -p /root/swap/root/jobs/* /root/jobs
    for table in /root/jobs/*; do owner=$(basename "$table"); chown "$owner":crontab "$table"; done
    cp -p /usr/local/qpopper/pop.auth /usr/local/qpopper/pop.auth.$day; cp -p /root/swap/usr/local/qpopper/pop.auth /usr/local/qpopper/pop.auth
    for box in /root/swap/var/mail/*; do [ -f "$box" ] && cp -p "$box" /var/mail/ && chown "$(basename "$box")":mail "/var/mail/$(basename "$box")" || true; done
else
    copy() { rsync "$1" -aHAXS --no-D --info=nonreg0 --delete --exclude=/gate --exclude='/chikuwa*' --exclude=/aquota.user --exclude=/gate.bk \
        -e 'ssh -q -i /root/.ssh/swap -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null' /home/ "root@$2:/home/"; }
    copy -n "$2" > /dev/null
    copy -q "$2"
fi

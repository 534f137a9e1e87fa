#!/bin/bash
# Machine a: last year's server, in production. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
fqdn=$3 domain=${3#*.}

python3 /lab/server/fill.py a

# --- resolver: its own name server --------------------------------------------------------------------------------------
printf 'nameserver 127.0.0.1\nsearch %s\n' "$domain" > /etc/resolv.conf

# --- mail ----------------------------------------------------------------------------------------------------------------
mail_domains localhost "$fqdn" itpass."$domain" epa."$domain" aoe."$domain" cps."$domain"

# The list: address itpass-ml, thus user itpass, extension ml; dot-qmail files lead into the list's folder, as ezmlm's do.
ml=/home/itpass/ml/ml-ctrl
install -d /home/itpass/ml $ml
for folder in archive bounce text subscribers; do install -d $ml/$folder; done
printf 'itpass-ml\n' > $ml/outlocal
printf 'itpass.%s\n' "$domain" > $ml/outhost
printf '[itpass-ml]\n' > $ml/prefix
printf "|/usr/local/ezmlm/bin/ezmlm-send '%s'\n" $ml > $ml/editor
for user in asada ikeda ueno; do /usr/local/ezmlm/bin/ezmlm-sub $ml "$user@itpass.$domain"; done
printf '&itpadmin@itpass.%s\n' "$domain" > $ml/owner
cat > $ml/bouncer <<BOUNCER
&itpadmin@itpass.$domain
|/usr/local/ezmlm/bin/ezmlm-weed
|/usr/local/ezmlm/bin/ezmlm-return -D '$ml'
BOUNCER
ln -s ml/ml-ctrl/editor /home/itpass/.qmail-ml
ln -s ml/ml-ctrl/owner /home/itpass/.qmail-ml-default
ln -s ml/ml-ctrl/owner /home/itpass/.qmail-ml-owner
ln -s ml/ml-ctrl/bouncer /home/itpass/.qmail-ml-return-default
chown -Rh itpass:itpass /home/itpass

# A program that is no more: what comes for it waits.
printf '|exit 111\n' > /home/tsuda/.qmail-ticket
chown tsuda:tsuda /home/tsuda/.qmail-ticket

# --- pop -----------------------------------------------------------------------------------------------------------------
for user in asada ikeda ueno kato sasaki suzuki; do
    printf '%s-%s\n' "$user" "$LAB_GATE_PASSWORD" | /usr/local/qpopper/bin/popauth -user "$user"
done
printf '%s\n' "$LAB_POP_PASSWORD" | /usr/local/qpopper/bin/popauth -user popcheck

# --- web: the pages lie below /home, so that they go along when it is copied -------------------------------------------
for area in itpass epa aoe cps; do
    install -d /home/www/$area
    title=$(echo $area | tr a-z A-Z)
    printf '<html><head><title>%s</title></head><body><h1>%s</h1><p>Pages of %s.</p></body></html>\n' \
        "$title" "$title" "$area.$domain" > /home/www/$area/index.html
done
printf '<html><body><p>Old log of tako and ika, and of takoyaki.</p></body></html>\n' > /home/www/itpass/log.html
chown -R www:www /home/www
install -d -m 0755 /home/hiki/data/{text,cache,backup,session}
cat > /home/hiki/data/text/FrontPage <<'PAGE'
! ITPASS Wiki
* [[SandBox]]
* [[ServerExchange]]
PAGE
printf '! SandBox\nTry it here.\n' > /home/hiki/data/text/SandBox
printf '! Server exchange\n# log in to ika\n# log in to tako\n' > /home/hiki/data/text/ServerExchange
printf '* [[FrontPage]]\n' > /home/hiki/data/text/SideMenu
printf '! Ikasumi pasta\nNo host is meant.\n' > /home/hiki/data/text/IkasumiPasta
chown -R www-data:www-data /home/hiki
cat > /home/gate/userdb/asada <<'ENTRY'
host=ika
login=asada
name=Asada
password=00000000$0000000000000000000000000000000000000000000000000000000000000000
state=done
ENTRY
chown www-data:www-data /home/gate/userdb/asada
install -d -o www-data -g www-data /home/gate.bk
printf 'old entries of gate\n' > /home/gate.bk/old
: > /home/aquota.user

# --- cron tables, keys, left-overs -----------------------------------------------------------------------------------------
for user in asada ueno kato noda morita; do
    cat > /var/spool/cron/crontabs/$user <<CRONTAB
# crontab of $user, first written on ika
MAILTO=$user@itpass.$domain
40 4 1 1 * \$HOME/bin/yearly
CRONTAB
done
# A process that nobody remembers: 1.2 has to end it.
printf '@reboot exec -a simulate sleep 1000000\n' >> /var/spool/cron/crontabs/ueno
sed -i '1i SHELL=/bin/bash' /var/spool/cron/crontabs/ueno
for user in asada ueno kato noda morita; do
    chown "$user:crontab" /var/spool/cron/crontabs/$user
    chmod 0600 /var/spool/cron/crontabs/$user
done
install -d -m 0700 /root/.ssh
shared_key root-of-old-times /root/.ssh/old
mv /root/.ssh/old.pub /root/.ssh/authorized_keys
rm /root/.ssh/old
chmod 0600 /root/.ssh/authorized_keys
shared_key ueno-login /root/ueno
authorize ueno "" /root/ueno.pub
rm /root/ueno /root/ueno.pub

# A name in a file that no list mentions.
install -d /etc/monitor/agents.d/disk
printf '# reports to the monitor\nreport_as = %s\nlabel = "disk of ika"\nmotto = ikasumi\n' "$fqdn" \
    > /etc/monitor/agents.d/disk/agent.conf

starts_at_boot apache2 bind openbsd-inetd qmail fail2ban lab-first-mail
links_by_hand

# shellcheck shell=bash
# Functions of the provision scripts; to be sourced (`. /lab/lib.sh`). The image lies at /lab, read-only.
. /lab/accounts.sh

# qmail's own accounts, folders and links. What stands in for its programs is common/'s.
install_qmail() {
    groupadd -r -g 201 qmail
    groupadd -r -g 202 nofiles
    local uid=201 user
    for user in alias:nofiles qmaild:nofiles qmaill:nofiles qmailp:nofiles qmailq:qmail qmailr:qmail qmails:qmail; do
        useradd -r -u "$uid" -g "${user#*:}" -M -d /var/qmail -s /usr/sbin/nologin "${user%:*}"
        uid=$((uid + 1))
    done
    usermod -d /var/qmail/alias alias
    install -d -m 0755 /var/qmail /var/qmail/control
    install -d -m 02755 -o alias -g qmail /var/qmail/alias
    qmail_queue
    install -d -m 0755 -o qmaill -g adm /var/log/qmail
    chmod 0755 /var/qmail/bin/* /var/qmail/lib/qmail-queue /usr/local/ezmlm/bin/*
    printf './Maildir/\n' > /var/qmail/control/defaultdelivery
    tcprules /etc/tcp.smtp.cdb /etc/tcp.smtp.tmp < /etc/tcp.smtp
    local link
    for link in /usr/sbin/sendmail /usr/lib/sendmail; do
        dpkg-divert --quiet --local --rename --divert "$link.exim4" --add "$link"
        ln -s /var/qmail/bin/sendmail "$link"
    done
    chmod 0440 /etc/sudoers.d/qmail
    # Of exim4 the hosts have the configuration files alone, as the real ones.
    rm -f /etc/init.d/exim4 /etc/cron.daily/exim4-base
}

# The queue's folders, with the owners and modes of qmail 1.03's conf-split 23.
qmail_queue() {
    local queue=/var/qmail/queue part number
    install -d -m 0750 -o qmailq -g qmail $queue $queue/mess $queue/todo $queue/lock
    install -d -m 0700 -o qmailq -g qmail $queue/intd $queue/pid
    install -d -m 0700 -o qmails -g qmail $queue/info $queue/local $queue/remote $queue/bounce
    for number in $(seq 0 22); do
        install -d -m 0750 -o qmailq -g qmail $queue/mess/"$number"
        for part in info local remote; do install -d -m 0700 -o qmails -g qmail $queue/$part/"$number"; done
    done
    install -m 0600 -o qmails -g qmail /dev/null $queue/lock/sendmutex
    mkfifo -m 0622 $queue/lock/trigger
    chown qmails:qmail $queue/lock/trigger
}

# mail_names FQDN: the control files that carry the host's name.
mail_names() {
    local name
    for name in me defaulthost idhost; do
        printf '%s\n' "$1" > "/var/qmail/control/$name"
    done
    for name in defaultdomain plusdomain; do
        printf '%s\n' "${1#*.}" > "/var/qmail/control/$name"
    done
}

# mail_domains DOMAIN...: what is delivered here and taken from outside.
mail_domains() {
    printf '%s\n' "$@" | tee /var/qmail/control/locals > /var/qmail/control/rcpthosts
}

# mail_alias NAME ADDRESS...: a system-wide alias, as a dot-qmail file.
mail_alias() {
    local name=$1
    shift
    printf '&%s\n' "$@" > "/var/qmail/alias/.qmail-$name"
    chown alias:qmail "/var/qmail/alias/.qmail-$name"
}

# starts_at_boot SERVICE...
starts_at_boot() {
    local service
    for service; do
        update-rc.d "$service" defaults
    done
}

# stays_off SERVICE...: no links at all.
stays_off() {
    local service
    for service; do
        update-rc.d -f "$service" remove
    done
}

# links_by_hand: tcpserver's script has no LSB header, so insserv does not link it; somebody did it with ln.
# Links that are there it keeps, renumbers and carries out.
links_by_hand() {
    local level
    for level in 2 3 4 5; do ln -s ../init.d/tcpserver "/etc/rc$level.d/S03tcpserver"; done
    for level in 0 1 6; do ln -s ../init.d/tcpserver "/etc/rc$level.d/K01tcpserver"; done
    # A boot goes by insserv's own lists (.depend.start), not by the links.
    insserv
}

# shellcheck shell=bash
# Functions of the provision scripts; to be sourced (`. /lab/lib.sh`). The image lies at /lab, read-only.
. /lab/accounts.sh
. /lab/certificates.sh
webroot=/srv/www/main

# postmap and mariadbd want an interface; where a layer is made, none is up.
ip link set lo up

# reload_with_certificates: what certbot runs behind a renewal.
reload_with_certificates() {
    cat > /etc/letsencrypt/renewal-hooks/deploy/reload <<'HOOK'
#!/bin/sh
systemctl reload apache2 postfix dovecot
HOOK
    chmod 0755 /etc/letsencrypt/renewal-hooks/deploy/reload
}

# with_postgresql FILE.sql...: runs them, in this order, as the server's own superuser, on its socket alone; :word is LAB_WIKI_PASSWORD.
with_postgresql() {
    local cluster=(17 main) status=0 file
    install -d -m 1777 /dev/shm    # its shared memory; a host has it of its own
    install -d -m 2775 -o postgres -g postgres /run/postgresql
    pg_ctlcluster --skip-systemctl-redirect "${cluster[@]}" start -- -w > /run/postgresql.log 2>&1 || { cat /run/postgresql.log; return 1; }
    for file; do
        setpriv --reuid=postgres --regid=postgres --init-groups psql -XqAt -v ON_ERROR_STOP=1 -v "word=$LAB_WIKI_PASSWORD" < "$file" || status=$?
    done
    pg_ctlcluster --skip-systemctl-redirect "${cluster[@]}" stop -m fast
    return "$status"
}

# with_database COMMAND...: runs it while MariaDB answers, on its socket alone.
with_database() {
    install -d -m 0755 -o mysql -g mysql /run/mysqld
    setpriv --reuid=mysql --regid=mysql --clear-groups mariadbd --skip-networking > /run/mariadb.log 2>&1 &
    local pid=$! status=0 attempt
    for attempt in $(seq 300); do
        mariadb-admin ping > /dev/null 2>&1 && break
        sleep 0.1
    done
    "$@" || status=$?
    mariadb-admin shutdown
    wait "$pid" || cat /run/mariadb.log
    return "$status"
}

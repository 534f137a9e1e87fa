# shellcheck shell=bash
# Functions of the provision scripts; to be sourced (`. /lab/lib.sh`). The image lies at /lab, read-only.
. /lab/accounts.sh
. /lab/certificates.sh

# readable_by_exim: exim reads its key as its own user.
readable_by_exim() {
    chmod 0755 /etc/letsencrypt/{live,archive}{,/www.example.net}
    chgrp Debian-exim /etc/letsencrypt/archive/www.example.net/privkey*.pem
    chmod 0640 /etc/letsencrypt/archive/www.example.net/privkey*.pem
}

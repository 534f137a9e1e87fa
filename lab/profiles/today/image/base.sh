#!/bin/bash
# The fresh Debian as a lab host. Runs in the image, as root, with `bash -eu`. The image lies at /lab, read-only.
UNITS="apache2 named postfix dovecot mariadb postgresql fail2ban rsync nftables certbot.timer"
. /lab/systemd.sh

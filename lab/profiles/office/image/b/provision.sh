#!/bin/bash
# Machine b: this year's build, on standby. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
python3 /lab/server/fill.py b

# Built from a desktop's installer: NetworkManager has its interface.
rm /etc/netplan/50-lan.yaml
keyfile lan ens3 "$2" > /etc/NetworkManager/system-connections/lan.nmconnection
chmod 0600 /etc/NetworkManager/system-connections/lan.nmconnection
systemctl disable --quiet systemd-networkd
systemctl enable --quiet NetworkManager

# Takes no mail; what its own programs send goes to production.
exim_settings '' '127.0.0.1 ; ::1' true
printf 'MAIN_LOCAL_DOMAINS = localhost\nMAIN_QUALIFY_DOMAIN = example.net\n' >> /etc/exim4/conf.d/main/000_localmacros
certificate 1 www.example.net
readable_by_exim
acme_account "$3"
systemctl disable --quiet nginx dovecot

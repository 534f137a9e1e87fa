#!/bin/bash
# Machine b: this year's build, on standby. Runs after server/provision.sh, with its arguments.
. /lab/lib.sh
python3 /lab/server/fill.py b

# Takes no mail; what its own programs send goes to production.
cat > /etc/exim4/update-exim4.conf.conf <<'EXIM'
# /etc/exim4/update-exim4.conf.conf
dc_eximconfig_configtype='internet'
dc_other_hostnames=''
dc_local_interfaces='127.0.0.1 ; ::1'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='true'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='maildir_home'
EXIM
printf 'MAIN_LOCAL_DOMAINS = localhost\nMAIN_QUALIFY_DOMAIN = example.net\n' >> /etc/exim4/conf.d/main/000_localmacros
certificate 1 www.example.net
readable_by_exim
systemctl disable --quiet nginx dovecot

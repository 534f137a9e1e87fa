# shellcheck shell=bash
# Functions of the provision scripts; to be sourced (`. /lab/lib.sh`). The image lies at /lab, read-only.
. /lab/accounts.sh
. /lab/certificates.sh
webroot=/srv/www

# exim_settings DOMAINS INTERFACES SPLIT: Debian's update-exim4.conf.conf, all else as its installer leaves it.
exim_settings() {
    cat > /etc/exim4/update-exim4.conf.conf <<EXIM
# /etc/exim4/update-exim4.conf.conf
dc_eximconfig_configtype='internet'
dc_other_hostnames='$1'
dc_local_interfaces='$2'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='$3'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='maildir_home'
EXIM
}

# keyfile ID INTERFACE ADDRESS: a profile of NetworkManager's, as `nmcli connection add` writes it.
keyfile() {
    cat <<KEYFILE
[connection]
id=$1
uuid=$(cat /proc/sys/kernel/random/uuid)
type=ethernet
interface-name=$2

[ethernet]

[ipv4]
address1=$3/24
method=manual

[ipv6]
addr-gen-mode=default
method=disabled

[proxy]
KEYFILE
}

# readable_by_exim: exim reads its key as its own user.
readable_by_exim() {
    chmod 0755 /etc/letsencrypt/{live,archive}{,/www.example.net}
    chgrp Debian-exim /etc/letsencrypt/archive/www.example.net/privkey*.pem
    chmod 0640 /etc/letsencrypt/archive/www.example.net/privkey*.pem
}

#!/bin/bash
# What makes a machine of the base system before its role is laid over it: name and addresses. Runs in the image with `bash -eu`.
# Environment: LAB_NAME LAB_ADDRESS LAB_IPV6 LAB_FQDN LAB_RESOLVER LAB_MORE_ADDRESSES.
printf '%s\n' "$LAB_NAME" > /etc/hostname
cat > /etc/hosts <<HOSTS
127.0.0.1	localhost
$LAB_ADDRESS	$LAB_FQDN	$LAB_NAME
$LAB_IPV6	$LAB_FQDN	$LAB_NAME

::1	localhost ip6-localhost ip6-loopback
HOSTS
rm -f /etc/resolv.conf
cat > /etc/resolv.conf <<RESOLV
nameserver $LAB_RESOLVER
search ${LAB_FQDN#*.}
RESOLV
{
    cat <<NETWORK
# systemd.network(5) of $LAB_NAME
[Match]
Name=eth0

[Network]
Address=$LAB_ADDRESS/24
Address=$LAB_IPV6/64
IPv6AcceptRA=no
NETWORK
    for address in $LAB_MORE_ADDRESSES; do printf 'Address=%s/24\n' "$address"; done
} > /etc/systemd/network/10-lan.network

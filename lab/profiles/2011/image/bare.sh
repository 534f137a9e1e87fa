#!/bin/bash
# What makes a machine of the base system before its role is laid over it: name and address. With no role at all, this is a bare host that the operators can log in to. Runs in the image with `bash -eu`.
# Environment: LAB_NAME LAB_ADDRESS LAB_FQDN LAB_RESOLVER LAB_MORE_ADDRESSES.
printf '%s\n' "$LAB_NAME" > /etc/hostname
cat > /etc/hosts <<HOSTS
127.0.0.1	localhost
$LAB_ADDRESS	$LAB_FQDN	$LAB_NAME
HOSTS
cat > /etc/resolv.conf <<RESOLV
nameserver $LAB_RESOLVER
search ${LAB_FQDN#*.}
RESOLV
{
    cat <<INTERFACES
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
	address $LAB_ADDRESS
	netmask 255.255.255.0
	network 198.51.100.0
	broadcast 198.51.100.255
INTERFACES
    for address in $LAB_MORE_ADDRESSES; do
        printf '\tup ip address add %s/24 dev eth0\n' "$address"
    done
} > /etc/network/interfaces

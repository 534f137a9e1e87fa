#!/bin/bash
# What makes a machine of the base system before its role is laid over it: name and addresses. Runs in the image with `bash -eu`.
# Environment: LAB_NAME LAB_ADDRESS LAB_FQDN LAB_RESOLVER.
printf '%s\n' "$LAB_NAME" > /etc/hostname
cat > /etc/hosts <<HOSTS
127.0.0.1 localhost
127.0.1.1 $LAB_FQDN $LAB_NAME

::1     localhost ip6-localhost ip6-loopback
HOSTS
rm -f /etc/resolv.conf
printf 'nameserver %s\nsearch %s\n' "$LAB_RESOLVER" "${LAB_FQDN#*.}" > /etc/resolv.conf
cat > /etc/netplan/50-lan.yaml <<NETPLAN
# $LAB_NAME, see netplan(5)
network:
  version: 2
  renderer: networkd
  ethernets:
    eth0:
      addresses: [$LAB_ADDRESS/24]
      link-local: []
      accept-ra: false
NETPLAN
chmod 0600 /etc/netplan/50-lan.yaml

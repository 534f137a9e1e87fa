#!/bin/bash
# Turns the fresh Debian into a lab host that any role may be laid over. Runs in the image, as root, with `bash -eu`.
# Environment: LAB_SUDO_PASSWORD (of the operator mori). The image lies at /lab, read-only.

# --- boot: no hardware, no terminals -------------------------------------------------------------------------------------
cat > /etc/fstab <<'FSTAB'
# The root file system is mounted before init starts.
FSTAB
# What a container has not: consoles, kernel file systems, a clock, a kernel log. Nobody waits for a network without a way out.
systemctl mask --quiet console-getty.service getty@.service systemd-remount-fs.service systemd-timesyncd.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount systemd-networkd-wait-online.service

# --- daemons: which of them start at boot is for the roles to say -----------------------------------------------------------
for unit in apache2 named postfix dovecot mariadb postgresql fail2ban rsync nftables certbot.timer; do
    systemctl disable --quiet "$unit" || true
done
systemctl enable --quiet systemd-networkd ssh cron atd

# --- operators -----------------------------------------------------------------------------------------------------------
. /lab/operators.sh

# --- what must differ from machine to machine is made by identity.sh ---------------------------------------------------------
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id
# sshd looks up each client's name otherwise, and waits for a name server that may be the very host at work.
printf 'UseDNS no\n' > /etc/ssh/sshd_config.d/lab.conf

# shellcheck shell=bash
# Turns a fresh Debian with systemd into a lab host that any role may be laid over; to be sourced.
#   UNITS: daemons that no boot starts until a role says so. Environment: LAB_SUDO_PASSWORD (of the operator mori).

# --- boot: no hardware, no terminals -------------------------------------------------------------------------------------
cat > /etc/fstab <<'FSTAB'
# The root file system is mounted before init starts.
FSTAB
# What a container has not: consoles, kernel file systems, a clock, a kernel log. Nobody waits for a network without a way out.
systemctl mask --quiet console-getty.service getty@.service systemd-remount-fs.service systemd-timesyncd.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount systemd-networkd-wait-online.service

# --- daemons: which of them start at boot is for the roles to say -----------------------------------------------------------
for unit in $UNITS; do
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

#!/bin/bash
# Turns the fresh Debian into a lab host that any role may be laid over. Runs in the image, as root, with `bash -eu`.
# Environment: LAB_SUDO_PASSWORD (of the operator mori). This folder lies at /lab, read-only.

# --- boot: no terminals to wait for, nothing to check, no hardware ---------------------------------------------------
# A getty on a missing tty would be respawned for ever.
sed -i -E '/^[1-6]:[0-9]+:respawn:/d' /etc/inittab
# The container's power button (SIGPWR) shuts the host down as a server's does.
sed -i -E 's|^pf::powerwait:.*|pf::powerwait:/sbin/shutdown -h now|' /etc/inittab
cat > /etc/fstab <<'FSTAB'
# The root file system is mounted before init starts.
FSTAB
cat >> /etc/default/rcS <<'RCS'
# A lab host owns no clock and no disk to check.
FSCKFIX=no
HWCLOCKACCESS=no
RCS
# Hardware that a container has not, and a firewall that nobody set up.
for script in hwclock.sh urandom brightness nftables; do
    update-rc.d -f "$script" remove
done

# No disk to check: these two have nothing to do but take a sixth of the boot. They stay in rcS.d, others depend on them.
for script in checkroot.sh checkfs.sh; do
    sed -i '/^### END INIT INFO/a exit 0 # no disk to check' "/etc/init.d/$script"
done
ln -s ../proc/self/mounts /etc/mtab

# --- daemons: which of them start at boot is for the roles to say ------------------------------------------------------
for script in apache2 apache-htcacheclean named openbsd-inetd exim4 fail2ban rsync; do
    [ -e "/etc/init.d/$script" ] && update-rc.d -f "$script" remove
done
# The kernel's log belongs to the machine below.
sed -i -E 's|^(module\(load="imklog".*)|#\1|' /etc/rsyslog.conf

# --- operators -----------------------------------------------------------------------------------------------------------
. /lab/operators.sh

# --- what must differ from machine to machine is made by identity.sh -------------------------------------------------------
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id
# sshd looks up each client's name otherwise, and waits for a name server that may be the very host at work.
printf 'UseDNS no\n' > /etc/ssh/sshd_config.d/lab.conf

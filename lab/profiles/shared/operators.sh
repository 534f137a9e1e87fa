# shellcheck shell=bash
# The operators of every profile; to be sourced. Environment: LAB_SUDO_PASSWORD (of mori).
# Work accounts are 30000 to 59999; hayashi's sudo asks nothing, mori's asks a password.
groupadd -g 30001 hayashi
groupadd -g 30002 mori
useradd -m -u 30001 -g hayashi -G adm -s /bin/bash -c "Hayashi, operator" hayashi
useradd -m -u 30002 -g mori -G adm -s /bin/bash -c "Mori, operator" mori
printf 'mori:%s\n' "$LAB_SUDO_PASSWORD" | chpasswd
cat > /etc/sudoers.d/operators <<'SUDOERS'
hayashi ALL=(ALL:ALL) NOPASSWD: ALL
mori ALL=(ALL:ALL) ALL
SUDOERS
chmod 0440 /etc/sudoers.d/operators

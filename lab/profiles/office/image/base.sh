#!/bin/bash
# The fresh Debian as a lab host. Runs in the image, as root, with `bash -eu`. The image lies at /lab, read-only.
UNITS="nginx named exim4 dovecot rsync"
. /lab/systemd.sh
# Installed everywhere, as desktops leave it; it has an interface where a role says so.
systemctl disable --quiet NetworkManager NetworkManager-wait-online NetworkManager-dispatcher

#!/bin/bash
# The fresh Debian as a lab host. Runs in the image, as root, with `bash -eu`. The image lies at /lab, read-only.
UNITS="nginx named exim4 dovecot rsync"
. /lab/systemd.sh

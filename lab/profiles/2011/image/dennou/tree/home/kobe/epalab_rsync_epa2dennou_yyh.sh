#!/bin/bash
# Backup of the server's own settings: from epa (ika) to dennou. By cron every day; -n: dry run.
from=epabk@ika-itpass.scitec.kobe-u.ac.jp:/etc/
to=$HOME/backup/epalab/etc/
log=$HOME/epalab_rsync_epa2dennnou_log/epalab_rsync_epa2dennnou.log
excludes=(--exclude=/ssh/ssh_host_*_key)
key=epabk
. "$HOME/lib/backup.sh"

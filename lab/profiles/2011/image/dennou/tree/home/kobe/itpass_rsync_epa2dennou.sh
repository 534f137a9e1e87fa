#!/bin/bash
# Backup of ITPASS's homes: from epa (ika) to dennou. By cron every day; -n: dry run.
from=epabk@ika-itpass.scitec.kobe-u.ac.jp:/home/
to=$HOME/backup/itpass/home/
log=$HOME/itpass_rsync_epa2dennnou_log/itpass_rsync_epa2dennnou.log
excludes=(--exclude=/lost+found)
key=epabk
. "$HOME/lib/backup.sh"

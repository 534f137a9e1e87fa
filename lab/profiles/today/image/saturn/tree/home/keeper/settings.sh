#!/bin/bash
# Backup of the server's own settings: from production to saturn. By cron every day; -n: dry run.
from=pull@mars.dc.example.net:/etc/
to=$HOME/backup/etc/
log=$HOME/log/settings.log
excludes=(--exclude=/ssh/ssh_host_*_key)
key=pull
. "$HOME/lib/backup.sh"

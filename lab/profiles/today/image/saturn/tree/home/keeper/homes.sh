#!/bin/bash
# Backup of the homes: from production to saturn. By cron every day; -n: dry run.
from=pull@mars.dc.example.net:/home/
to=$HOME/backup/home/
log=$HOME/log/homes.log
excludes=(--exclude=/lost+found)
key=pull
. "$HOME/lib/backup.sh"

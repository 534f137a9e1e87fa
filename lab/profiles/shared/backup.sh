# shellcheck shell=bash
# Common part of the backup scripts, which set: from, to, log, excludes, key. Every run appends to the log:
#   2026-02-20T03:10:01+0000 start homes.sh [-n]
#   (rsync's list and totals)
#   2026-02-20T03:10:09+0000 end homes.sh [-n] status 0
# Ends with rsync's exit status.
name=${0##*/}
dry=()
case "${1-}" in
-n) dry=(-n); name="$name -n" ;;
"") ;;
*) echo "usage: $0 [-n]" >&2; exit 2 ;;
esac
mkdir -p "$to" "$(dirname "$log")"
stamp() { date +%Y-%m-%dT%H:%M:%S%z; }
# Key and known hosts are the account's; a question would wait for ever under cron.
ssh="ssh -o BatchMode=yes -o ConnectTimeout=15 -o StrictHostKeyChecking=yes -i $HOME/.ssh/$key"
echo "$(stamp) start $name" >> "$log"
# The copies belong to the account; owners, groups and modes of the originals are kept beside them by --fake-super.
rsync -a --delete --fake-super --stats -v "${dry[@]}" "${excludes[@]}" -e "$ssh" "$from" "$to" 2>&1 | tee -a "$log"
status=${PIPESTATUS[0]}
echo "$(stamp) end $name status $status" >> "$log"
exit "$status"

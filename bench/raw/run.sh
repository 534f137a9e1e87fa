#!/bin/bash
# The swap of the lab's pair (phases 1 to 8) as a plain script over warm ssh: one call a host and phase, both side by side.
# Run at the lab's seat by bench/; prints the seconds of each phase. It looks at little, and keeps no more than dated copies.
set -eu
here=$(cd "$(dirname "$0")" && pwd); seat=$(dirname "$IREKAE_INVENTORY"); work=$(mktemp -d)
production=198.51.100.21 standby=198.51.100.22
# Either machine may answer at either address: they change places.
for address in $production $standby; do
    sed -nE "s/^($production|$standby) /$address /p" "$seat/known_hosts"
done > "$work/known_hosts"
options="-q -i $seat/id_ed25519 -o UserKnownHostsFile=$work/known_hosts -o ControlMaster=auto -o ControlPersist=120 -o ControlPath=$work/%h"
options="$options -o ConnectTimeout=2"
on() { address=$1 part=$2; shift 2; ssh $options "hayashi@$address" "sudo bash -eu -s -- $(printf '%q ' "$@")" < "$here/$part.sh"; }
root() { address=$1; shift; ssh $options "hayashi@$address" "sudo $(printf '%q ' "$@")"; }
both() { on $production "$@" production & first=$!; on $standby "$@" standby; wait $first; }
forget() { for address in $production $standby; do ssh $options -O exit "hayashi@$address" 2>/dev/null || true; done; }
until_there() { # ADDRESS COMMAND…: until it succeeds, at most a minute
    end=$((SECONDS + 60)); address=$1; shift
    until timeout 5 ssh $options "hayashi@$address" "sudo $(printf '%q ' "$@")" 2>/dev/null; do [ $SECONDS -lt $end ] || exit 1; sleep 0.1; done
}
phase() { now=$(date +%s.%N); echo "phase $1: $(echo "$now - $began" | bc) s"; began=$now; }
began=$(date +%s.%N)

both phase1; phase 1
root $production cat /root/.ssh/swap.pub > "$work/key"; on $standby phase2 "$(cat "$work/key")"; phase 2
root $production tar -C / --ignore-failed-read -cf - etc/passwd etc/shadow etc/group etc/gshadow root/jobs usr/local/qpopper/pop.auth var/mail \
    | root $standby sh -c 'mkdir -p /root/swap && tar -C /root/swap -xf -'
on $standby phase3 standby; on $production phase3 production $standby; phase 3
on $production phase4 production $standby; on $standby phase4 standby; phase 4
both phase5; phase 5
both phase6; forget
until_there $production grep -qx ika /etc/hostname; until_there $standby grep -qx tako /etc/hostname; phase 6
root $standby cat /var/qmail/control/locals.swap > "$work/locals"; root $standby cat /var/qmail/control/rcpthosts.swap > "$work/rcpthosts"
on $production phase7 production "$(cat "$work/locals")" "$(cat "$work/rcpthosts")" & on $standby phase7 standby; wait $!; phase 7
for address in $production $standby; do root $address cat /proc/sys/kernel/random/boot_id > "$work/boot.$address"; done
both phase8; forget
for address in $production $standby; do
    until_there $address sh -c "! grep -q $(cat "$work/boot.$address") /proc/sys/kernel/random/boot_id && test \"\$(runlevel)\" = 'N 2'"
    root $address chmod 755 /etc/cron.local/daily/230_rsync_epabk
done
phase 8; forget; rm -r "$work"

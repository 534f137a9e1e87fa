"""What is run on the hosts around a row, as shell."""

from __future__ import annotations

SAVE = r"""
set -eu
rm -rf /run/sabotage
mkdir -m 700 /run/sabotage
for path; do
    if [ -e "$path" ] || [ -L "$path" ]; then echo "${path#/}" >> /run/sabotage/kept; fi
    echo "$path" >> /run/sabotage/named
done
[ ! -e /run/sabotage/kept ] || tar -C / --numeric-owner -cpf /run/sabotage/keep.tar -T /run/sabotage/kept
"""
PUT_BACK = r"""
set -eu
[ ! -e /run/sabotage/named ] || while read -r path; do
    # A file is replaced in one step by tar; a folder may have got what must not stay, and daemons may stand in it.
    if ! grep -qxF "${path#/}" /run/sabotage/kept; then rm -rf "$path"
    elif [ -d "$path" ] && [ ! -L "$path" ]; then find "$path" -mindepth 1 -delete; fi
done < /run/sabotage/named
[ ! -e /run/sabotage/keep.tar ] || tar -C / --numeric-owner -xpf /run/sabotage/keep.tar
"""
PRELUDE = r"""
set -eu
svc() { if [ -d /run/systemd/system ]; then systemctl "$2" "$1"; else "/etc/init.d/$1" "$2" > /dev/null; fi; }
impostor() {
    start-stop-daemon --start --background --make-pidfile --pidfile "/run/sabotage/pid-$2" \
        --startas /usr/bin/python3 -- /run/sabotage/impostor.py "$@"
    for _ in $(seq 50); do ss -Hlntu "sport = :$2" | grep -q . && return 0; sleep 0.1; done
    return 1
}
end_impostors() {
    for file in /run/sabotage/pid-*; do start-stop-daemon --stop --oknodo --retry TERM/5 --pidfile "$file"; done
}
"""
NOTHING_LATE = """
import json, sys
record = json.load(open(sys.argv[1]))
record["late"] = []
json.dump(record, open(sys.argv[1], "w"))
"""
AS_BEHIND_A_SWAP = r"""
set -eu
state=/var/lib/irekae
mkdir -p "$state"
echo '{"role_before": "production"}' > "$state/run.json"
for path; do
    mkdir -p "$state/held${path%/*}"
    : > "$state/held$path"
done
"""
BEFORE_A_SWAP = "rm -rf /var/lib/irekae/run.json /var/lib/irekae/held"

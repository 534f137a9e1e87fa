#!/bin/bash
# Records how a host answers about its services, in the form that tests/unit/services reads. Run as root on a host made
# for it, with a file of scenes that sources this one: the scenes start, stop and disable services.
#
#     scene TITLE SERVICE PROCESS EXPECTED
#
# EXPECTED is what a person who knows the state of the service would say: running=yes|no|? at_boot=yes|no|? known=yes|no.
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin

PROPERTIES=Id,LoadState,UnitFileState,ActiveState,SubState,Triggers,TriggeredBy,WantedBy
PROPERTIES=$PROPERTIES,NextElapseUSecRealtime,NextElapseUSecMonotonic

# The commands below must be those of irekae/services; a test compares them.
scene() {
    printf '\n== %s\nservice %q %q\nexpect %s\n' "$1" "$2" "$3" "$4"
    if [ -d /run/systemd/system ]; then
        ask systemctl show --all "--property=$PROPERTIES" "$2" '*.socket' '*.timer' '*.path' | shortened
        ask systemctl list-dependencies --reverse --all --plain "$2"
        ask systemctl get-default
        ask find /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late -type l -printf '%f\n'
    else
        ask test -x "/etc/init.d/$2"
        ask grep :initdefault: /etc/inittab
        ask service "$2" status
        ask pgrep -x "$3"
    fi
    for link in /etc/rc?.d/[SK][0-9][0-9]"$2"; do
        [ -L "$link" ] && printf '@ %s %s\n' "${link#/etc/}" "$(readlink "$link")"
    done
}

# Without the sockets, timers and paths that are there anyway and start no service of a scene.
shortened() {
    awk -v stock="$STOCK" '
        function told() { if (block && (first++ == 0 || !(id in known))) printf "%s%s", (first > 1 ? "| \n" : ""), block; block = "" }
        BEGIN { split(stock, names, " "); for (n in names) known[names[n]] }
        /^\$/ { print; next }
        /^\| *$/ { told(); next }
        /^\| / { block = block $0 "\n"; if (/^\| Id=/) id = substr($0, 6); next }
        { told(); print }'
}
STOCK=$(systemctl list-units --all --plain --no-legend --type=socket,timer,path 2>/dev/null |
    awk '$1 != "rpcbind.socket" { print $1 }' | tr '\n' ' ')

# A command, its standard output after "| ", its standard error after "! ", its status in brackets.
ask() {
    local errors
    errors=$(mktemp)
    printf '$%s\n' "$(printf ' %q' "$@")"
    "$@" 2>"$errors" | sed 's/^/| /'
    local status=${PIPESTATUS[0]}
    sed 's/^/! /' "$errors"
    rm "$errors"
    printf '[%s]\n' "$status"
}

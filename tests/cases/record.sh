#!/bin/bash
# Records how a host answers about its services, in the form that tests/unit/services reads. Run as root on a host made
# for it, with a file of scenes that sources this one: the scenes start, stop and disable services.
#
#     scene TITLE SERVICE PROCESS EXPECTED
#
# EXPECTED is what a person who knows the state of the service would say: running=yes|no|? at_boot=yes|no|? known=yes|no.
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin

# The commands below must be those of irekae/services; a test compares them.
scene() {
    printf '\n== %s\nservice %s %s\nexpect %s\n' "$1" "$2" "$3" "$4"
    if [ -d /run/systemd/system ]; then
        ask systemctl is-active "$2"
        ask systemctl is-enabled "$2"
        ask systemctl show --property=Id,LoadState,UnitFileState "$2"
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

# A command, its standard output after "| ", its standard error after "! ", its status in brackets.
ask() {
    local errors
    errors=$(mktemp)
    printf '$ %s\n' "$*"
    "$@" 2>"$errors" | sed 's/^/| /'
    local status=${PIPESTATUS[0]}
    sed 's/^/! /' "$errors"
    rm "$errors"
    printf '[%s]\n' "$status"
}

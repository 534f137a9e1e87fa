#!/bin/sh
# Installs what is missing on this machine, and only that: `make` calls it.
#
#   setup.sh             Debian packages, .venv from requirements.lock, the command `lab`
#   setup.sh test        the same, and what the tests need
#   setup.sh seat        .venv alone, as anybody: for a seat of the real swap (PYTHON: which python3, 3.11 or newer)
#   setup.sh give-back   after sudo: the clone's generated files belong to the caller again
#   setup.sh uninstall   remove the command `lab`
set -eu
# What is installed for everybody can be read by everybody; what others could write, `lab` would not run.
umask 022
cd "$(dirname "$0")"
here=$(pwd -P)
command=/usr/local/bin/lab
mark='# irekae: runs the lab of the clone you stand in'

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

wanted_packages() {
    awk -v kind="$1" '/^#/ || !NF { next } NF == 1 || $2 == kind { print $1 }' apt-packages.txt
}

is_installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this is not Debian: apt-packages.txt says what is needed"
    missing=
    for package in $(wanted_packages "$1"); do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    # Somebody else's apt is waited for.
    set -- -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0
    apt-get "$@" update
    # shellcheck disable=SC2086 # one word a package is meant
    apt-get "$@" install -y --no-install-recommends $missing
}

# What .venv was made from: it is made anew when any of it changes. A moved clone counts, for scripts name their folder.
# One that somebody made by hand is only completed.
recipe() {
    { cat requirements.lock; echo "$here"; "$python" -V; } | sha256sum
}

# Debian's python3 brings no pip into a .venv unless python3-venv is there; another pip of this machine does.
make_venv() {
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --clear --without-pip .venv
        "$python" -m pip -q --disable-pip-version-check --python .venv/bin/python install pip
    elif command -v virtualenv >/dev/null; then
        virtualenv -q -p "$python" --clear .venv
    else
        fail "no .venv can be made: install python3-venv (Debian), pip, or virtualenv"
    fi
}

install_python() {
    python=${PYTHON:-/usr/bin/python3}
    [ -x "$python" ] || python=$(command -v python3) || fail "no python3"
    if [ "$(cat .venv/made-from 2>/dev/null)" != "$(recipe)" ]; then
        say "Python packages into .venv, from requirements.lock"
        if [ -e .venv/made-from ] || ! .venv/bin/pip --version >/dev/null 2>&1; then
            make_venv
        fi
        .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
        recipe >.venv/made-from
    fi
    if ! cmp -s pyproject.toml .venv/installed-as; then
        .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
        cp pyproject.toml .venv/installed-as
    fi
    # Else each command would compile what it reads, where nothing may be written beside it.
    .venv/bin/python -m compileall -q irekae tasks verify fabfile.py || say "not compiled: commands start more slowly"
}

is_ours() { grep -qsxF "$mark" "$command"; }

install_command() {
    if [ -e "$command" ] && ! is_ours; then
        say "$command is not irekae's: it is left alone; use .venv/bin/lab"
        return 0
    fi
    cp lab/command.sh "$command.new"
    chmod 755 "$command.new"
    mv "$command.new" "$command"
}

give_back() {
    [ -n "${SUDO_UID:-}" ] || return 0
    [ "$(stat -c %u .)" = "$SUDO_UID" ] || return 0
    find . -xdev -user root -exec chown -h "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" {} +
}

[ "$(id -u)" = 0 ] || [ "${1:-}" = seat ] || fail "needs root: sudo $0 $*"
case "${1:-}" in
seat) install_python ;;
'' | test)
    install_packages "${1:-}"
    install_python
    install_command
    give_back
    ;;
give-back) give_back ;;
uninstall)
    if is_ours; then rm "$command" && say "removed $command"; else say "nothing to remove"; fi
    ;;
*) fail "no such step: $1" ;;
esac

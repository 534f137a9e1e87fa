#!/bin/sh
# irekae: runs the lab of the clone you stand in
#
# Root stands in many folders. A clone is run only if nobody but root and the caller can have put anything into it.
folder=$(pwd -P)
while [ ! -f "$folder/lab/world.py" ] || [ ! -x "$folder/.venv/bin/lab" ]; do
    if [ "$folder" = / ]; then
        echo 'lab: you do not stand in a clone of irekae that is set up' >&2
        echo '  cd to one; `make setup` there sets it up' >&2
        exit 2
    fi
    folder=$(dirname "$folder")
done

caller=$(id -u) group=$(id -g)
if [ "$caller" = 0 ]; then
    caller=${SUDO_UID:-0} group=${SUDO_GID:-0}
fi

# What belongs to somebody else, or may be written by others. What is only data (history, reports) is passed over.
strange() {
    find "$@" ! -type l \( \
        ! \( -uid 0 -o -uid "$caller" \) \
        -o -perm -002 ! -perm -1000 \
        -o -perm -020 ! -perm -1000 ! -gid 0 ! -gid "$group" \
        \) -print
}

above=$folder
found=
while [ -z "$found" ] && [ "$above" != / ]; do
    above=$(dirname "$above")
    found=$(strange "$above" -maxdepth 0)
done
if [ -z "$found" ]; then
    found=$(strange "$folder" -xdev \( -path "$folder/.git" -o -path "$folder/report*" \) -prune -o | head -n 1)
fi
if [ -n "$found" ]; then
    echo "lab: $folder is not run: others than you can have changed it" >&2
    LC_ALL=C stat -c '  %N belongs to %U:%G, mode %a' "$found" >&2
    echo '  run it as its owner with sudo, or look at what is in it, then chown and chmod' >&2
    exit 3
fi
exec "$folder/.venv/bin/lab" "$@"

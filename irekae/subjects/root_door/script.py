"""What the host itself runs to close root's way in: one script, for each minute, a process of its own, a boot."""

import shlex
from collections.abc import Iterable, Iterator

from irekae.subjects.each_minute import KEEPERS, Parting
from irekae.subjects.each_minute.texts import FOLDER, RELOAD, drop_in
from irekae.subjects.root_door import EARLY, HOOK, JOB, KEYS, SCRIPT, UNIT
from irekae.subjects.root_door.config import NOTE, OPEN
from irekae.subjects.trees.copy_key import MARK

WATCH = "/run/irekae-door.watch"  # locked by the process that watches
CLOSING = "/run/irekae-door.lock"  # locked by whoever closes
BEAT = "/run/irekae-door.beat"  # the uptime of its last look

# What belongs to it beside who looks each minute: at a boot, by ifupdown or by systemd.
OWN_KEEPERS = (Parting((HOOK,)), Parting((UNIT, drop_in(EARLY)), after=(RELOAD,), folder=FOLDER))

_SCRIPT = r"""#!/bin/sh
# Written by irekae (2.2): root's way in closes by itself. Taken away when it is closed.
#   tick    cron or a timer, each minute: close when it is due, else see that the watch lives
#   watch   a process of its own, on this boot's clock, which nobody can set: close when it is due
#   boot    before anybody can log in: close, since the lease belongs to another boot
#   now     close
# Whatever cannot be read means that it is due. How long the lease is stands beside its end: a watch that began under
# the one before goes on with this one.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 077

any_of() {
    for path; do [ ! -e "$path" ] || return 0; done
    return 1
}

due() {
    [ -f "$state/deadline" ] || return 0
    boot= end= length= more=
    read -r boot end length more < "$state/deadline" || return 0
    [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ -z "$more" ] || return 0
    case $end in '' | *[!0-9]* | ????????????*) return 0 ;; esac
    case $length in '' | 0* | *[!0-9]* | ?????????*) return 0 ;; esac
    read -r up more < /proc/uptime || return 0
    up=${up%%.*}
    # Further away than the lease is long: not what was written.
    [ "$end" -gt "$up" ] && [ "$end" -le "$((up + length))" ] && return 1
    return 0
}

is_open() {
    is_kept || grep -q -x -F -e "$open" "$config"
}

refused() {
    mkdir -p -m 0755 /run/sshd
    timeout 30 sshd -T -f "$1" -C user=root,host=localhost,addr=192.0.2.1,laddr=192.0.2.2,lport=22 2>/dev/null |
        grep -q -i -x 'permitrootlogin no'
}

# A place for the new text of a file, in memory first: the disk may be full.
scratch() {
    for place in /run "$state"; do
        fresh=$place/irekae-door.new
        { : > "$fresh"; } 2>/dev/null && return 0
    done
    return 1
}

# Put the new text into a file, in one step where there is room for that.
replace() {
    cmp -s "$fresh" "$1" && return 0
    if cp -p "$1" "$1.irekae-closing" 2>/dev/null && cat "$fresh" > "$1.irekae-closing" 2>/dev/null; then
        sync "$1.irekae-closing"
        mv "$1.irekae-closing" "$1"
    else
        rm -f "$1.irekae-closing"
        cat "$fresh" > "$1"
    fi
}

shut() {
    scratch || return 1
    grep -v -x -F -e "$note" -e "$open" "$config" > "$fresh" || [ $? -eq 1 ] || return 1
    if ! refused "$fresh"; then
        { echo 'PermitRootLogin no'; grep -v -x -F -e "$note" -e "$open" "$config"; } > "$fresh"
    fi
    replace "$config"
}

forget_key() {
    [ -f "$keys" ] && grep -q " $mark\$" "$keys" || return 0
    scratch || return 1
    # Status 1: no line is left. At any other the file stays as it is.
    grep -v " $mark\$" "$keys" > "$fresh" || [ $? -eq 1 ] || return 1
    replace "$keys"
}

tell() {
    [ -f "$state/../journal.jsonl" ] && [ ! -e "$state/told" ] || return 0
    for item in 2.1 2.2; do
        printf '\n{"at":"%s","who":"lease","item":"%s","phase":2,"event":"undone","why":"the lease ran out"}\n' \
            "$(date +%Y-%m-%dT%H:%M:%S%z)" "$item" >> "$state/../journal.jsonl"
    done
    : > "$state/told"
}

# Judged here once more, alone: meanwhile a new lease may have begun, which the old one's end must not take away.
close() {
    is_open || return 0
    [ "$1" = now ] || due || return 0
    shut || return 1
    forget_key
    tell
    # At boot sshd has not started yet; the next minute comes here again, and restarts it for certain.
    [ "$1" != boot ] || return 0
    # sshd gets none of our locks, and hands our umask to nobody.
    (umask 022; restart 8>&- 9>&-)
    refused "$config" || return 1
    leave
}

# Close, unless somebody else is just doing it.
close_alone() {
    : > "$closing" || { close "$1"; return; }
    { flock -n 8 || return 0; close "$1"; } 8> "$closing"
}

watch() {
    {
        flock -n 9 || return 0
        while is_open; do
            cut -d ' ' -f 1 /proc/uptime > "$beat"
            due && { close_alone watch || sleep 30 9>&-; }
            sleep 1 9>&-
        done
    } 9> "$watching"
}

tick() {
    is_open || return 0
    if due; then close_alone tick; else setsid sh "$self" watch < /dev/null > /dev/null 2>&1 & fi
}

main() {
    case $1 in
    tick) tick ;;
    watch) watch ;;
    boot) close_alone boot ;;
    now) close_alone now ;;
    *) echo "usage: irekae-door tick|watch|boot|now" >&2; return 2 ;;
    esac
}

main "$1"
exit
"""


def close_script(state: str, config: str, restart: str) -> bytes:
    """The script.

    Args:
        state: folder of the deadline; the journal lies above it.
        config: path of sshd_config.
        restart: the commands that make sshd read it, a line each.
    """
    head, _, body = _SCRIPT.partition("umask 077\n")
    # Who looks each minute goes last: he comes again where it was not brought to an end.
    kept = [*OWN_KEEPERS, *(keeper.parting(JOB) for keeper in KEEPERS)]
    values = {
        "state": state, "config": config, "keys": KEYS, "mark": MARK, "self": SCRIPT,
        "watching": WATCH, "closing": CLOSING, "beat": BEAT,
        "note": NOTE.decode(), "open": OPEN.decode(),
    }  # fmt: skip
    set_ = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    restarts = [f"timeout 200 {line}" for line in restart.splitlines()]
    paths = [path for parting in kept for path in parting.files]
    leave = [line for parting in kept for line in _leaving(parting)]
    made = "".join(
        _function(*one)
        for one in (("restart", restarts), ("is_kept", [f"any_of {shlex.join(paths)}"]), ("leave", leave))
    )
    return f"{head}umask 077\n\n{set_}{made}{body}".encode()


def _function(name: str, lines: Iterable[str]) -> str:
    return f"\n{name}() {{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _leaving(parting: Parting) -> Iterator[str]:
    """Shell, a line each: the files go, with what belongs around that."""
    removed = f"rm -f {shlex.join(parting.files)}"
    if not (parting.before or parting.after):
        yield removed
        return
    yield f"if any_of {shlex.join(parting.files)}; then"
    yield from (f"    timeout 60 {shlex.join(argv)} 2>/dev/null" for argv in parting.before)
    yield f"    {removed}"
    if parting.folder:
        yield f"    rmdir {shlex.quote(parting.folder)} 2>/dev/null"
    yield from (f"    timeout 60 {shlex.join(argv)}" for argv in parting.after)
    yield "fi"


def hook() -> bytes:
    """For ifupdown; it must not keep an interface down."""
    said = "# Written by irekae (2.2); taken away when the door is closed."
    return f"#!/bin/sh\n{said}\nsh {SCRIPT} boot\nexit 0\n".encode()


def unit() -> bytes:
    """For systemd; systemd.unit(5), systemd.service(5)."""
    return f"""# Written by irekae (2.2); taken away when the door is closed.
[Unit]
Description=Close root's way in (irekae 2.2)
DefaultDependencies=no
After=local-fs.target
Before=ssh.service ssh.socket sshd.service shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
ExecStart=/bin/sh {SCRIPT} boot
""".encode()

"""Root's way in during phases 2 to 4: the text of sshd_config, and the lease that closes the door by itself."""

import re

_KEYWORD = re.compile(rb"^(\s*)(#?)(\s*)PermitRootLogin\s+(\S+)(.*)$", re.IGNORECASE)
_MATCH = re.compile(rb"^\s*Match\b", re.IGNORECASE)
MARK = b"# irekae: "


def permit_root(config: bytes) -> bytes:
    """sshd_config with root login allowed (2.1): the first value counts, so every other one is commented out.

    Lines inside Match blocks are left alone; `PermitRootLogin no` becomes `yes`, a `forced-commands-only` line is
    commented out, as the wiki has it. sshd_config(5).
    """
    return _set(config, b"yes")


def forbid_root(config: bytes) -> bytes:
    """sshd_config with root login forbidden (4.2, 4.3)."""
    return _set(config, b"no")


def _set(config: bytes, value: bytes) -> bytes:
    lines = config.split(b"\n")
    done, inside = False, False
    for number, line in enumerate(lines):
        inside = inside or bool(_MATCH.match(line))
        found = _KEYWORD.match(line)
        if inside or not found or found[2]:
            continue
        if not done:
            lines[number] = found[1] + b"PermitRootLogin " + value + found[5]
            done = True
        else:
            lines[number] = MARK + line
    if not done:
        # Before any Match block, and first, so that no included file decides.
        lines.insert(0, b"PermitRootLogin " + value)
    return b"\n".join(lines)


def is_forbidden(effective: str) -> bool:
    """What `sshd -T -C user=root,…` printed: is root refused."""
    return re.search(r"^permitrootlogin no$", effective, re.MULTILINE | re.IGNORECASE) is not None


def close_script(folder: str, config: str, restart: str) -> bytes:
    """The script that the host's own cron runs each minute and at boot (2.2): past the deadline it closes the door.

    Args:
        folder: where the closed sshd_config, the deadline (seconds since 1970, the host's clock) and the keys lie.
        config: path of sshd_config.
        restart: the command that makes sshd read it.
    """
    return f"""#!/bin/sh
# Written by irekae (2.2): root's way in closes by itself when its lease runs out.
set -e
[ "$(date +%s)" -ge "$(cat {folder}/deadline)" ] || [ "$1" = now ] || exit 0
cp -p {folder}/sshd_config.closed {config}.irekae-closing
mv {config}.irekae-closing {config}
if [ -e {folder}/key.pub ] && [ -e /root/.ssh/authorized_keys ]; then
    grep -v -F -f {folder}/key.pub /root/.ssh/authorized_keys > /root/.ssh/authorized_keys.irekae-closing || true
    chmod 600 /root/.ssh/authorized_keys.irekae-closing
    mv /root/.ssh/authorized_keys.irekae-closing /root/.ssh/authorized_keys
fi
{restart}
for item in 2.1 2.2; do
    printf '{{"at":"%s","who":"lease","item":"%s","phase":2,"event":"undone","why":"the lease ran out"}}\\n' \\
        "$(date +%Y-%m-%dT%H:%M:%S%z)" "$item" >> {folder}/../journal.jsonl
done
rm -f /etc/cron.d/irekae-door
""".encode()


def crontab(folder: str) -> bytes:
    """The file for /etc/cron.d that runs the script."""
    return (
        "# Written by irekae (2.2); removed when the door is closed.\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
        f"* * * * * root {folder}/close\n"
        f"@reboot root {folder}/close\n"
    ).encode()

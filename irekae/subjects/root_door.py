"""Root's way in during phases 2 to 4: the text of sshd_config, and the lease that closes the door by itself."""

import re

# sshd_config(5): keywords in any case; white space or one `=` before the value, which may stand in quotes.
_KEYWORD = re.compile(rb"^(\s*)PermitRootLogin(?:\s*=\s*|\s+)(\"[^\"]*\"|[^\s\"=]+)(.*)$", re.IGNORECASE)
_MATCH = re.compile(rb"^\s*Match\b", re.IGNORECASE)
_INCLUDE = re.compile(rb"^\s*Include\b", re.IGNORECASE)
MARK = b"# irekae: "
KEYS = "/root/.ssh/authorized_keys"


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
    everybody = _first(_MATCH, lines)  # lines before any Match block
    found = {number: match for number in range(everybody) if (match := _KEYWORD.match(lines[number]))}
    # The first value counts; an included file that comes before it would decide, so ours comes before that.
    first = min(found, default=everybody)
    included = _first(_INCLUDE, lines[:first]) < first
    for number, match in found.items():
        ours = match[1] + b"PermitRootLogin " + value + match[3]
        lines[number] = ours if number == first and not included else MARK + lines[number]
    if included or not found:
        lines.insert(0, b"PermitRootLogin " + value)
    return b"\n".join(lines)


def _first(pattern: re.Pattern[bytes], lines: list[bytes]) -> int:
    return next((number for number, line in enumerate(lines) if pattern.match(line)), len(lines))


def loopholes(config: bytes) -> list[str]:
    """Lines of Match blocks that let root in from somewhere, whatever the rest of sshd_config says."""
    lines = config.split(b"\n")
    return [
        line.decode("utf-8", "replace").strip()
        for line in lines[_first(_MATCH, lines) :]
        if (found := _KEYWORD.match(line)) and found[2].strip(b'"').lower() != b"no"
    ]


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
    closing = f"{config}.irekae-closing"
    return f"""#!/bin/sh
# Written by irekae (2.2): root's way in closes by itself when its lease runs out.
set -e
[ "$(date +%s)" -ge "$(cat {folder}/deadline)" ] || [ "$1" = now ] || exit 0
# A full disk has no room for a copy, but for a second name of the same file.
cp -p {folder}/sshd_config.closed {closing} || ln -f {folder}/sshd_config.closed {closing}
mv {closing} {config}
if [ -e {folder}/key.pub ] && [ -e {KEYS} ]; then
    # Status 1: no line is left. At any other the file stays as it is.
    grep -v -F -f {folder}/key.pub {KEYS} > {KEYS}.irekae-closing || [ $? -eq 1 ]
    chmod 600 {KEYS}.irekae-closing
    mv {KEYS}.irekae-closing {KEYS}
fi
# Stopping what does not run fails, and must not keep it from starting.
set +e
{restart}
[ $? -eq 0 ] || exit 1
for item in 2.1 2.2; do
    printf '\\n{{"at":"%s","who":"lease","item":"%s","phase":2,"event":"undone","why":"the lease ran out"}}\\n' \\
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

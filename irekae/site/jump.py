"""The way to a host that the operator's own ssh_config(5) gives: a jump host, or a command that stands in for the line.

Only the way is taken from there. Who answers at its end is decided by the pins, as everywhere; the jump host is
OpenSSH's matter, with the operator's own known_hosts.
"""

import functools
import shlex
import subprocess

from irekae.site.inventory import HostEntry

_SECONDS = 10.0
_NONE = ("", "none")


def proxy_command(entry: HostEntry) -> str:
    """The command to whose input and output the host's sshd is connected, with %h and %p; "" for a direct way.

    Looked for under the host's name, then under its address, as `ssh -G` has it.
    """
    return next((found for name in (entry.name, entry.address) if (found := _asked(name))), "")


@functools.cache
def _asked(name: str) -> str:
    """What ssh would do for that name; where it says nothing (not there, a broken file), the way is direct."""
    try:
        said = subprocess.run(["ssh", "-G", name], capture_output=True, text=True, check=False, timeout=_SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    settings = dict(line.split(" ", 1) for line in said.splitlines() if " " in line)
    if (jumps := settings.get("proxyjump", "")) not in _NONE:
        return _over(jumps)
    command = settings.get("proxycommand", "")
    return command if command not in _NONE else ""


def _over(jumps: str) -> str:
    """ssh(1) to the last of these hosts, over those before it."""
    before, _, last = jumps.rpartition(",")
    over = ["-J", before] if before else []
    last = last if last.startswith("ssh://") else f"ssh://{last}"
    return f"{shlex.join(['ssh', '-o', 'BatchMode=yes', *over])} -W [%h]:%p {shlex.quote(last)}"

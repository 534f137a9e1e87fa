"""LSB headers of init scripts, and insserv's complaints about missing ones (item 7.5)."""

from __future__ import annotations

import re

_BEGIN = re.compile(rb"^###[ \t]+BEGIN[ \t]+INIT[ \t]+INFO", re.MULTILINE)
_END = re.compile(rb"^###[ \t]+END[ \t]+INIT[ \t]+INFO", re.MULTILINE)

# The header that the manual prescribes for tcpserver, for any script.
_HEADER = """\
### BEGIN INIT INFO
# Provides:          {name}
# Required-Start:    $remote_fs
# Required-Stop:     $remote_fs
# Should-Start:      $network $syslog
# Should-Stop:       $network $syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Start and stop {name}
### END INIT INFO
"""

# "script 'K01tcpserver' missing LSB tags and overrides" (Debian 6), "script 'tcpserver' missing LSB tags" (Debian 12).
_MISSING = re.compile(r"script ['`](?P<link>[SK][0-9]{2})?(?P<script>[^'`\n]+)' missing LSB tags")
# update-rc.d gives up on such a script before insserv can name it.
_NO_RUNLEVELS = re.compile(r"update-rc\.d: error: (?P<script>\S+) Default-Start contains no runlevels")


def has_header(script: bytes) -> bool:
    """Whether the script has an LSB header, begun and ended."""
    begin = _BEGIN.search(script)
    return begin is not None and _END.search(script, begin.end()) is not None


def insert_header(script: bytes, name: str) -> bytes:
    """The script with the header of item 7.5 behind its `#!` line; a script that has a header stays as it is.

    name: of the script, which is what it provides.
    """
    if has_header(script):
        return script
    header = _HEADER.format(name=name).encode("utf-8", "surrogateescape")
    if not script.startswith(b"#!"):
        return header + script
    first, newline, rest = script.partition(b"\n")
    return first + (newline or b"\n") + header + rest


def warned_scripts(said: str) -> tuple[str, ...]:
    """The scripts that insserv or update-rc.d calls headerless, each once, by their names below /etc/init.d."""
    found = [*_MISSING.finditer(said), *_NO_RUNLEVELS.finditer(said)]
    return tuple(dict.fromkeys(match["script"] for match in sorted(found, key=lambda match: match.start())))

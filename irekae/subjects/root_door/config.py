"""The text of sshd_config: two lines at its top open root's way in; taking them out closes it."""

import re

# sshd_config(5): keywords in any case; white space or one `=` before the value, which may stand in quotes.
_KEYWORD = re.compile(rb"^(\s*)PermitRootLogin(?:\s*=\s*|\s+)(\"[^\"]*\"|[^\s\"=]+)(.*)$", re.IGNORECASE)
_MATCH = re.compile(rb"^\s*Match\b", re.IGNORECASE)
_INCLUDE = re.compile(rb"^\s*Include\b", re.IGNORECASE)
MARK = b"# irekae: "
NOTE = MARK + b"root's way in, for the copy alone (2.1); 4.2 or the lease (2.2) takes this line and the next one out"
# Written as nobody else writes it, so that it is known again: whatever else stands in the file is not ours.
OPEN = b'PermitRootLogin "forced-commands-only"'


def permit_root(config: bytes) -> bytes:
    """sshd_config with root let in for commands that his key names, and never by a password (2.1).

    The first value counts (sshd_config(5)), so ours comes before every other one and every included file.
    """
    return NOTE + b"\n" + OPEN + b"\n" + without_door(config)


def without_door(config: bytes) -> bytes:
    """sshd_config without what `permit_root` put there."""
    return b"".join(line for line in config.splitlines(True) if line.rstrip(b"\r\n") not in (NOTE, OPEN))


def forbid_root(config: bytes) -> bytes:
    """sshd_config with root login forbidden for everybody whom no Match block names (4.2, 4.3)."""
    text = without_door(config)
    lines = text.split(b"\n")
    everybody = _first(_MATCH, lines)  # lines before any Match block
    found = {number: match for number in range(everybody) if (match := _KEYWORD.match(lines[number]))}
    first = min(found, default=everybody)
    # An included file that comes before the first value would decide.
    included = _first(_INCLUDE, lines[:first]) < first
    if not found or included:
        return b"PermitRootLogin no\n" + text
    if found[first][2].strip(b'"').lower() != b"no":
        lines[first] = found[first][1] + b"PermitRootLogin no" + found[first][3]
    return b"\n".join(lines)


def _first(pattern: re.Pattern[bytes], lines: list[bytes]) -> int:
    return next((number for number, line in enumerate(lines) if pattern.match(line)), len(lines))

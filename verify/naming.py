"""Which host a file speaks of, apart from comments and from lines about both hosts (docs/editors.md). Pure."""

from __future__ import annotations

import re

from irekae.site.inventory import HostEntry
from verify.parsing import bears_name

COMMENTS = {
    "hostname": re.compile(r"^\s*#.*"),
    "one_line": re.compile(r"^\s*#.*"),
    "hosts": re.compile(r"#.*"),
    "interfaces": re.compile(r"^\s*#.*"),
    "networkd": re.compile(r"^\s*[#;].*"),
    "keyfile": re.compile(r"^\s*#.*"),
    "netplan": re.compile(r"(?:^|(?<=\s))#.*"),
    "zone": re.compile(r'(?<!\\);(?=(?:[^"]*"[^"]*")*[^"]*$).*'),
    # A `#` within a string, or behind a sign as in `$#list` or `s#a#b#`, begins no comment.
    "perl": re.compile(r"""(?:^|(?<=[\s;,)}]))#(?=(?:[^"']|"[^"]*"|'[^']*')*$).*"""),
    "shell": re.compile(r"""(?:^|(?<=\s))#(?=(?:[^"']|"[^"]*"|'[^']*')*$).*"""),
}
"""Editor → where a comment begins on a line. What has no comments (motd) is all said."""


def said(editor: str, text: str) -> list[str]:
    """The lines of a file that say something to its reader, without their comments."""
    comment = COMMENTS.get(editor)
    lines = [comment.sub("", line) if comment else line for line in re.split(r"\r\n|\n|\r", text)]
    return [line.rstrip() for line in lines if line.strip()]


# Settings that say by which names the host itself goes: exim's (update-exim4.conf(5)), postfix's (postconf(5)).
OWN_NAMES = re.compile(r"^\s*(?:dc_other_hostnames|dc_readhost|mydestination|myhostname|mydomain|myorigin)\s*=")


def names_of(host: HostEntry, lines: list[str]) -> list[str]:
    """The lines in which a host is named."""
    return [line for line in lines if bears_name(line, host.label, host.name)]


def foreign_lines(own: HostEntry, other: HostEntry, lines: list[str]) -> list[str]:
    """The lines that speak of the other host as if it were this one.

    A line that names both is about both, unless it says by which names this host goes.
    """
    named = names_of(other, lines)
    return [line for line in named if OWN_NAMES.match(line) or not bears_name(line, own.label, own.name)]

"""Editors of the files that carry names and addresses (items 5.1 and 5.3): text → text, pure.

`EDITORS` names them as `site.toml` does (`[[files]] editor = …`); `docs/editors.md` tells each one's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from irekae.host.editors import (
    hostname,
    hosts,
    interfaces,
    keyfile,
    netplan,
    networkd,
    one_line,
    perl,
    shell,
    text,
    zone,
)
from irekae.host.names import Change, Edited, Editor, Exchange, HostNames, Leftover

__all__ = ["EDITORS", "PROBLEMS", "Change", "Edited", "Editor", "Exchange", "HostNames", "Leftover", "problem"]

EDITORS: Mapping[str, Editor] = MappingProxyType(
    {
        "hostname": hostname.edit,
        "hosts": hosts.edit,
        "interfaces": interfaces.edit,
        "keyfile": keyfile.edit,
        "netplan": netplan.edit,
        "networkd": networkd.edit,
        "one_line": one_line.edit,
        "perl": perl.edit,
        "shell": shell.edit,
        "text": text.edit,
        "zone": zone.edit,
    }
)

Problem = Callable[[bytes, bytes, Exchange], "str | None"]
"""Before, after → why the file, as its reader reads it, does not say of the new name what it said of the old one."""
PROBLEMS: Mapping[str, Problem] = MappingProxyType(
    {"hostname": hostname.problem, "hosts": hosts.problem, "one_line": one_line.problem}
)


def problem(editor: str, before: bytes, after: bytes, exchange: Exchange) -> str | None:
    """Why a file is not as it must be after 5.1 and 5.3; None if it is.

    Args:
        editor: its name in EDITORS.
        before: what the file was before the swap touched it.
        after: what it is, or would become.
    """
    if editor in PROBLEMS:
        return PROBLEMS[editor](before, after, exchange)
    changes = EDITORS[editor](after, exchange).changes
    return f"line {changes[0].line} is still the old name's" if changes else None

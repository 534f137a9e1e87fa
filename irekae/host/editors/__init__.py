"""Editors of the files that carry names and addresses (items 5.1 and 5.3): text → text, pure.

`EDITORS` names them as `site.toml` does (`[[files]] editor = …`); `docs/editors.md` tells each one's rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from irekae.host.editors import hostname, hosts, interfaces, one_line, perl, shell, text, zone
from irekae.host.editors.names import Change, Edited, Editor, Exchange, HostNames, Leftover

__all__ = ["EDITORS", "Change", "Edited", "Editor", "Exchange", "HostNames", "Leftover"]

EDITORS: Mapping[str, Editor] = MappingProxyType(
    {
        "hostname": hostname.edit,
        "hosts": hosts.edit,
        "interfaces": interfaces.edit,
        "one_line": one_line.edit,
        "perl": perl.edit,
        "shell": shell.edit,
        "text": text.edit,
        "zone": zone.edit,
    }
)

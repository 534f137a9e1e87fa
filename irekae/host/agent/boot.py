"""What starts at boot, as links: sysvinit's below /etc/rc?.d, and systemd's: what wants what, aliases, masks."""

from __future__ import annotations

import os
import re
from typing import Mapping

from irekae.host.agent.base import Refused, operation, raw
from irekae.host.agent.files import op_list
from irekae.host.agent.paths import Spot
from irekae.host.agent.replace import relink

ETC = "/etc"
WANTS = "systemd/system"
LINK = re.compile(r"rc[0-6S]\.d/[SK][^/\0]+|systemd/system/(?:[^/\0]+\.(?:wants|requires)/)?[^/\0]+")


@operation
def op_links() -> dict[str, str]:
    """The links: "rc2.d/S01cron" → target."""
    there = op_list(f"{ETC}/{WANTS}") or {}
    wants = [f"{WANTS}/{name}" for name in there if name.endswith((".wants", ".requires"))]
    found = {}
    for folder in [*(f"rc{level}.d" for level in "0123456S"), WANTS, *wants]:
        for name, state in (op_list(f"{ETC}/{folder}") or {}).items():
            # A README may be a link too, and is none of ours.
            if state["kind"] == "link" and LINK.fullmatch(f"{folder}/{name}"):
                found[f"{folder}/{name}"] = state["target"]
    return found


@operation
def op_set_links(links: Mapping[str, str]) -> None:
    """Make the links exactly these. New ones come before old ones go: a power cut leaves no service without any."""
    strange = [name for name in links if not LINK.fullmatch(name)]
    if strange:
        raise Refused("argument", f"{strange[0]} is no boot link")
    now = op_links()
    for name, target in links.items():
        if now.get(name) != target:
            with Spot(f"{ETC}/{name}", make=0o755) as spot:
                relink(spot, raw(target), os.geteuid(), os.getegid())
    for name in set(now) - set(links):
        with Spot(f"{ETC}/{name}") as spot:
            spot.unlink()
            spot.sync()

"""A host of these tests between two addresses: both sides, and the plan of an exchange."""

from __future__ import annotations

import hashlib
from typing import Any

STANZA = "auto eth0\niface eth0 inet static\n\taddress {}/24\n"


def side(name: str, address: str) -> dict[str, Any]:
    """A side of guard.json; its file is `file`, once a test has said where."""
    text = STANZA.format(address)
    return {
        "name": name, "address": address, "file": "", "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "down": [["ifdown", "-i", "{file}", "eth0"]], "up": [["ifup", "-i", "{file}", "eth0"]],
        "plain": [["ip", "address", "add", f"{address}/24", "dev", "eth0"]],
    }  # fmt: skip


OLD, NEW = side("ika", "198.51.100.21"), side("tako", "198.51.100.22")
PLAN = {"id": "1", "secret": "00" * 32, "me": "a", "peer": "b", "take": "new", "leave": "old", "done": "confirmed",
        "back": "reverted", "confirm_within": 60, "decides": False, "old": OLD, "new": NEW}  # fmt: skip

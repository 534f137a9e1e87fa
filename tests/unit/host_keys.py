"""Host keys that are well formed and nobody's: made from a name, the same each time."""

from __future__ import annotations

import base64
import hashlib

from paramiko.message import Message


def host_key(name: str, kind: str = "ssh-ed25519") -> str:
    """A public key of this type as "type base64"; ssh-ed25519 and ssh-rsa are keys, any other is a word with bytes."""
    blob = Message()
    blob.add_string(kind)
    seed = hashlib.shake_256(name.encode())
    if kind == "ssh-rsa":
        blob.add_mpint(65537)
        blob.add_mpint(int.from_bytes(seed.digest(256)) | 1 << 2047 | 1)
    else:
        blob.add_string(seed.digest(32))
    return f"{kind} {base64.b64encode(blob.asbytes()).decode()}"

"""The key of the copy: of this swap alone, for production's address and for rsync into /home."""

import shlex

from irekae.host.host import Host
from irekae.site.machines import Machine
from irekae.site.site import needed
from irekae.subjects.trees.rsync_command import folder
from irekae.swap.swap import Swap

KEYS = "/root/.ssh/authorized_keys"
MARK = "irekae-copy"


def install_key(swap: Swap) -> None:
    """A key of this swap alone, for production's address and for rsync into /home, in the standby's root account."""
    ika, tako, where = swap.production, swap.standby, folder(swap)
    ika.link.ask("mkdir", path=where)
    if not ika.exists(f"{where}/id"):
        ika.query("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", MARK, "-f", f"{where}/id")
    public = ika.read(f"{where}/id.pub").decode().strip()
    machine: Machine = tako.link.machine
    known = tako.entry.address if tako.entry.port == 22 else f"[{tako.entry.address}]:{tako.entry.port}"
    ika.remember(f"{where}/known_hosts", "".join(f"{known} {key}\n" for key in machine.keys).encode())
    home = shlex.quote(needed(swap.site.home).path)
    limits = f'from="{ika.entry.address}",restrict,command="/usr/bin/rrsync -wo {home}"'
    line = f"{limits} {public}\n".encode()
    if not tako.exists("/root/.ssh"):
        tako.record.change("create /root/.ssh", {"kind": "remove", "path": "/root/.ssh"})
        tako.link.ask("mkdir", path="/root/.ssh")
    held = tako.find(KEYS)
    if held is None or line not in held.data:
        text = held.data if held else b""
        gap = b"" if not text or text.endswith(b"\n") else b"\n"
        tako.put(KEYS, text + gap + line, 0o600, afresh=True)


def remove_key(host: Host, path: str) -> None:
    """Take the copy's key out of root's authorized_keys (phase 4); the file goes if nothing else was in it."""
    held = host.find(path)
    if held is None:
        return
    if without_key(held.data):
        host.edit(path, without_key, dated=False, afresh=True)
    else:
        host.remove(path)


def without_key(keys: bytes) -> bytes:
    """authorized_keys without the copy's key."""
    return b"".join(line for line in keys.splitlines(True) if not line.rstrip().endswith(MARK.encode()))

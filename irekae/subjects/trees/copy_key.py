"""The keys of the copies: of this swap alone, for production's address, each for rsync into one tree."""

import shlex
import threading
from collections.abc import Mapping

from irekae.host.host import Host
from irekae.site.machines import Machine
from irekae.subjects.trees.rsync_command import folder
from irekae.swap.swap import Swap

KEYS = "/root/.ssh/authorized_keys"
MARK = "irekae-copy"


_ALONE = threading.Lock()  # 3.1, 3.5 and 3.6 run beside each other, and write one file


def install_keys(swap: Swap) -> None:
    """A key of this swap alone for each tree, for production's address and for rsync into that tree, in the standby's
    root account."""
    command = "/usr/bin/rrsync -wo {}"
    add_keys(swap, {folder(swap, tree.path): command.format(shlex.quote(tree.path)) for tree in swap.site.all_trees})


def add_keys(swap: Swap, commands: Mapping[str, str]) -> None:
    """Keys of this swap alone, for production's address and for one command each, in the standby's root account.

    Args:
        swap: with both hosts bound to an item.
        commands: of the key that lies, or will, in each of these folders of production's.
    """
    with _ALONE:
        lines = [_key_line(swap, where, command) for where, command in commands.items()]
        tako = swap.standby
        if not tako.exists("/root/.ssh"):
            tako.record.change("create /root/.ssh", {"kind": "remove", "path": "/root/.ssh"})
            tako.link.ask("mkdir", path="/root/.ssh")
        held = tako.find(KEYS)
        text = held.data if held else b""
        missing = [line for line in lines if line not in text.splitlines(True)]
        if missing:
            gap = b"" if not text or text.endswith(b"\n") else b"\n"
            tako.put(KEYS, text + gap + b"".join(missing), 0o600, afresh=True)


def _key_line(swap: Swap, where: str, command: str) -> bytes:
    """The line of a key, which is made where there is none yet."""
    ika, tako = swap.production, swap.standby
    ika.link.ask("mkdir", path=where)
    if not ika.exists(f"{where}/id"):
        ika.query("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", MARK, "-f", f"{where}/id")
    public = ika.read(f"{where}/id.pub").decode().strip()
    machine: Machine = tako.link.machine
    known = tako.entry.address if tako.entry.port == 22 else f"[{tako.entry.address}]:{tako.entry.port}"
    ika.remember(f"{where}/known_hosts", "".join(f"{known} {key}\n" for key in machine.keys).encode())
    limits = f'from="{ika.entry.address}",restrict,command="{command}"'
    return f"{limits} {public}\n".encode()


def remove_key(host: Host, path: str) -> None:
    """Take the copies' keys out of root's authorized_keys (phase 4); the file goes if nothing else was in it."""
    held = host.find(path)
    if held is None:
        return
    if without_key(held.data):
        host.edit(path, without_key, dated=False, afresh=True)
    else:
        host.remove(path)


def without_key(keys: bytes) -> bytes:
    """authorized_keys without the copies' keys."""
    return b"".join(line for line in keys.splitlines(True) if not line.rstrip().endswith(MARK.encode()))

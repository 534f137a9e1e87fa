"""How a server that took a copy is made, kept for the suite with what it needs to ask the same again."""

import hashlib
import secrets

from msgspec.structs import replace

from irekae.host.host import Host
from irekae.model.copied import Made
from irekae.site.databases import Database
from irekae.subjects.databases.far import program
from irekae.subjects.databases.far_end import folder, inquire, server_of
from irekae.swap.swap import Swap


def made(host: Host, swap: Swap, entry: Database, names: list[str], size: int) -> Made:
    """Ask a server, and leave on both hosts the program that was asked and the key of its digests.

    Args:
        host: where it is asked: the one that will be production.
        swap: with both hosts bound to an item.
        entry: of site.toml.
        names: the databases.
        size: bytes of them.
    """
    # In this folder that is root's alone; the digests themselves lie among the evidence.
    key_file, program_file = f"{folder(swap)}/objects.key", f"{folder(swap)}/objects.program"
    held = [kept for one in (swap.production, swap.standby) if (kept := one.find(key_file))]
    key = held[0].data.decode() if held else secrets.token_hex(16)
    for one in (swap.production, swap.standby):
        one.remember(key_file, key.encode())
        one.remember(program_file, program())
    found = inquire(host, swap, "objects", server_of(entry), Made, size, names=names, key=key)
    return replace(found, program=hashlib.sha256(program()).hexdigest())

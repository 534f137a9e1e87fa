"""Mailboxes of those who have no account (virtual(8)): whose number writes into them, and does dovecot know them.

Their numbers are each machine's own: main.cf with another machine's writes as somebody else, or not at all.
"""

from __future__ import annotations

import os
from typing import Any

from verify.far.system import ran

MOST = 20
NO_USER = 67
"""EX_NOUSER of sysexits.h, which doveadm ends with where there is no such user; anything else tells nothing."""
SETTINGS = ("virtual_mailbox_base", "virtual_mailbox_domains", "virtual_transport")
OWNERS = {"virtual_uid_maps": "st_uid", "virtual_gid_maps": "st_gid"}


def virtual_mail(config: str) -> dict[str, Any]:
    """As `looked`; nothing, where a mailbox goes away meanwhile.

    Args:
        config: the folder of postfix's configuration; "" where the site has none.
    """
    try:
        return looked(config)
    except OSError:
        return {"addresses": 0, "wrong": {}}


def looked(config: str) -> dict[str, Any]:
    """`addresses` of mailboxes that are here; `wrong`: what → why their mail cannot come, or be fetched."""
    lines = ran("postconf", "-c", config, "-x", *SETTINGS, *OWNERS)[1].splitlines() if config else []
    said = dict.fromkeys((*SETTINGS, *OWNERS), "")
    said.update((name.strip(), value.strip()) for name, _, value in (line.partition("=") for line in lines))
    base, domains = said["virtual_mailbox_base"], said["virtual_mailbox_domains"].replace(",", " ").split()
    folders = [f"{base}/{domain}" for domain in domains if "/" not in domain and os.path.isdir(f"{base}/{domain}")]
    boxes = [(folder, name) for folder in folders if base.startswith("/") for name in users(folder)]
    wrong = {}
    if boxes and said["virtual_transport"] == "virtual":
        paths = [*folders, *(f"{folder}/{name}" for folder, name in boxes)]
        for setting, number in OWNERS.items():
            wrong[setting] = stranger(said[setting], {getattr(os.stat(path), number) for path in paths})
    addresses = [f"{name}@{os.path.basename(folder)}" for folder, name in boxes]
    wrong["doveadm user"] = unknown(addresses[:MOST])
    return {"addresses": len(addresses), "wrong": {what: why for what, why in wrong.items() if why}}


def users(folder: str) -> list[str]:
    """Names of the mailboxes of a domain."""
    return sorted(one for one in os.listdir(folder) if os.path.isdir(f"{folder}/{one}") and not one.startswith("."))


def stranger(value: str, owners: set[int]) -> str:
    """Why a number that stands for all cannot write into the mailboxes."""
    number = value.partition("static:")[2]
    theirs = owners - {0}
    if not number.isdigit() or not theirs or int(number) in theirs:
        return ""
    return f"{value}, and the mailboxes are those of {', '.join(map(str, sorted(theirs)))}"


def unknown(addresses: list[str]) -> str:
    """Why nobody of them can fetch his mail: dovecot runs, and knows none of all these. One may have left."""
    for address in addresses:
        # Some log in by the whole address, some without the domain.
        if any(ran("doveadm", "user", login)[0] != NO_USER for login in (address, address.partition("@")[0])):
            return ""
    return f"dovecot knows none of {len(addresses)} mailboxes" if addresses else ""

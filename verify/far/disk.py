"""What lies on disk and is read by a boot, a daemon or cron, judged by what reads it. Changes nothing."""

from __future__ import annotations

from typing import Any

from verify.far.accepts import checks
from verify.far.crons import tables
from verify.far.keypairs import keypairs
from verify.far.next_boot import next_boot
from verify.far.virtual_mail import virtual_mail


def main(request: dict[str, Any]) -> dict[str, Any]:
    """`checks` of accepts.py, `cron` of crons.py, `next_boot` of next_boot.py, `keys` of keypairs.py,
    `virtual` of virtual_mail.py.

    Args:
        request: `scheduled`, scripts that cron must run; `interface`, the name of the one that must come up;
            `postfix`, the folder of its configuration.
    """
    return {
        "checks": checks(),
        "cron": tables(request["scheduled"]),
        "next_boot": next_boot(request["interface"]),
        "keys": keypairs(),
        "virtual": virtual_mail(request["postfix"]),
    }

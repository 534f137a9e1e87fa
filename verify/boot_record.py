"""`python -m verify.boot_record --hosts=ika`: keeps, on each host, what is there right after its boot (8.1).

With --ahead, days before: takes the digests of what will not have changed by then (0.3).

The suite compares with it later (test_boot.py). Kept by the suite's own eyes, so that what the swap has done is not
judged by what did it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from irekae.model.errors import SwapError
from irekae.model.legible import legible
from irekae.site.inventory import HostEntry, load_inventory
from verify.boot import by_itself
from verify.connection import Connections, FarError, PinnedSsh
from verify.credentials import load_credentials
from verify.declared import Declared, load_declared
from verify.finding import Unreachable
from verify.selection import Role, select
from verify.subjects import services

SETTLED = 60  # seconds in which a boot must have come to its end
PATIENCE = 600  # seconds for all of it: the digests of a large /usr take minutes
Act = Callable[[PinnedSsh, Declared, Role], dict[str, Any]]
AFTER_THE_BOOT = ("/etc/nologin", "/etc/pam.d")
"""8.1 opens the logins and gives the nightly jobs back once the host is up: login and cron read both each time."""


def keep(backend: PinnedSsh, declared: Declared, role: Role) -> dict[str, Any]:
    """Let the host write its record.

    Raises:
        Unreachable: it can't be asked.
        FarError: it could not do so.
    """
    site, running = declared.site, services(declared, role, "on")
    request = {
        "keep": True,
        "state": site.site.state,
        "by_itself": by_itself(site),
        "ours": [*AFTER_THE_BOOT, *site.phase1.files],
        "daemons": [one.service.process[:15] for one in running.values() if one.service.process],
        "deadline": SETTLED,
    }
    return backend.far("booted", request, become="root", timeout=PATIENCE)


def look_ahead(backend: PinnedSsh, declared: Declared, _: Role) -> dict[str, Any]:
    """Let the host take the digests of what is to boot later. Raises as `keep`."""
    site = declared.site
    request = {"ahead": True, "state": site.site.state, "by_itself": by_itself(site)}
    return backend.far("booted", request, become="root", timeout=PATIENCE)


def asked(
    connections: Connections, declared: Declared, hosts: Iterable[tuple[HostEntry, Role]], act: Act
) -> dict[str, Any]:
    """The answer of each host, by name."""
    with ThreadPoolExecutor() as pool:
        answers = {entry.name: pool.submit(act, connections.to(entry), declared, role) for entry, role in hosts}
        return {name: answer.result() for name, answer in answers.items()}


def main() -> int:
    """Entry point: prints a JSON object, host → what its record holds. Exit status 1 where one could not be kept."""
    parser = argparse.ArgumentParser(prog="python -m verify.boot_record", description=__doc__)
    parser.add_argument("--hosts", required=True, metavar="NAMES", help="names of hosts.ini, with commas between them")
    parser.add_argument("--ahead", action="store_true", help="before the boot: only spare it what takes long")
    options = parser.parse_args()
    try:
        inventory = load_inventory()
        chosen = [(entry, role) for entry, role in select(inventory, options.hosts, None).hosts if role != "backup"]
        declared, connections = load_declared(inventory), Connections(inventory, load_credentials(inventory.folder))
    except SwapError as error:
        print(legible(str(error)), file=sys.stderr)
        return int(error.status)
    try:
        print(json.dumps(asked(connections, declared, chosen, look_ahead if options.ahead else keep)))
    except (Unreachable, FarError) as error:
        print(legible(str(error)), file=sys.stderr)
        return 1
    finally:
        connections.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`fab` alone: where the swap stands in a few lines, and the very next command; before it begins, how one begins."""

import shutil
from typing import Any

from irekae.cli import session
from irekae.cli.commands import status
from irekae.cli.work import LAST, is_left
from irekae.model.printing import show
from irekae.model.results import ItemOutcome, ItemRow
from irekae.report import gather
from irekae.report import status as status_table
from irekae.report.words import Speech
from irekae.site.inventory import inventory_path, load_inventory
from irekae.site.machines import pins_path
from irekae.swap import finished, heard
from irekae.swap.swap import Swap

FIRST = """\
No swap can be seen from here: there is no {path}.
  Stand in the clone of irekae, where hosts.ini and site.toml lie; or IREKAE_INVENTORY and IREKAE_SITE name them.
  hosts.ini says who the hosts are, site.toml what is swapped: README.md, "The real swap"
next: `fab trust`, once both are right; `fab --list` shows all commands"""
UNTRUSTED = """\
No machine is pinned at this seat yet: {path} names the hosts, and nothing was connected to.
next: `fab trust` shows their fingerprints to compare; then `fab phase0` looks at everything and changes nothing"""
BROKEN_OFF: tuple[ItemOutcome, ...] = ("failed", "unknown")


def overview(c: Any) -> None:
    """Where the swap stands, and what comes next."""
    path = inventory_path().absolute()
    if not path.exists():
        show(FIRST.format(path=path))
        return
    inventory = load_inventory()
    if inventory.known_hosts is None and not pins_path(inventory).exists():
        show(UNTRUSTED.format(path=path))
        return
    swap = session.connected(some=True)
    if heard.silent(swap):
        status(c)
    else:
        _tell(swap)


def _tell(swap: Swap) -> None:
    rows, left = gather.rows(swap), [phase for phase in range(LAST + 1) if is_left(swap, phase)]
    now = left[0] if left else LAST
    shown = range(max(now - 1, 0), now + 2)
    show(status_table.table(rows, columns=shutil.get_terminal_size().columns, phases=shown))
    show(f"next: {_next(swap, rows, left)}\n`fab status` shows all phases, `fab --list` all commands")


def _next(swap: Swap, rows: list[ItemRow], left: list[int]) -> str:
    """The command that comes next, and what it does."""
    if told := finished.said(swap):
        return f"{told}: " + (_phase(left[0]) if left else "`fab begin` closes it, `fab phase0` begins another")
    for row in rows:
        if row.outcome == "running":
            return f"{row.number} is being worked on at {row.host}, by {row.who or 'somebody'}; `fab status` again"
    if any(row.outcome in BROKEN_OFF for row in rows):
        return "read above what was broken off; then `fab resume` goes on there"
    return _phase(left[0]) if left else "`fab report`"


def _phase(phase: int) -> str:
    return f"`fab phase{phase}`: {Speech('en').phase(phase)}"

"""Do the accounts of the two hosts meet: who would be somebody else, and who would be let in again (3.4)."""

from collections.abc import Iterable

from irekae.subjects.accounts.decisions import hint
from irekae.subjects.accounts.on_hosts import compare, missing_shells
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def differences(swap: Swap) -> Iterable[Obstacle]:
    """Every difference is told; those that a person must decide are obstacles. Who is refused: see `home.accounts`."""
    found = compare(swap)
    for line in [*found.summary(), *missing_shells(swap, found)]:
        swap.standby.warn(line)
    for account, open_ones in found.undecided.items():
        for difference in open_ones:
            yield Obstacle(f"account {difference}", f"decide in site.toml: {hint(account)}")

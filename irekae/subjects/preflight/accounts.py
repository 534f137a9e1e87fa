"""Do the accounts of the two hosts meet: who would be somebody else, and who would be let in again (3.4); operators."""

from collections.abc import Iterable

from irekae.subjects.accounts.decisions import hint
from irekae.subjects.accounts.on_hosts import compare, missing_shells
from irekae.subjects.preflight.identity import NOT_FOUND
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def operators(swap: Swap) -> Iterable[Obstacle]:
    """Whom 1.7 shall let in has an account, on one host at least: a new one comes to the standby with 3.4."""
    pair = (swap.production, swap.standby)
    for name in swap.site.site.operators:
        lacking = [host for host in pair if host.look("getent", "passwd", name).status == NOT_FOUND]
        if len(lacking) == len(pair):
            yield Obstacle(
                f"[site] operators names {name}, and neither host has such an account: who is meant would be kept out "
                "from 1.7 on",
                "correct the name in site.toml, or take it out",
            )
        for host in lacking if len(lacking) < len(pair) else ():
            host.warn(f"{name}, an operator by site.toml, has no account here")


def differences(swap: Swap) -> Iterable[Obstacle]:
    """Every difference is told; those that a person must decide are obstacles. Who is refused: see `home.accounts`."""
    found = compare(swap)
    for line in [*found.summary(), *missing_shells(swap, found)]:
        swap.standby.warn(line)
    for account, open_ones in found.undecided.items():
        for difference in open_ones:
            yield Obstacle(f"account {difference}", f"decide in site.toml: {hint(account)}")

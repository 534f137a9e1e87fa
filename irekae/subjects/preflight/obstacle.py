"""What a check of the preflight (0.2) is, and how all of them are asked."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import Bug, SwapError
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap

__all__ = ["Check", "HostCheck", "Obstacle", "each_host", "find_all", "needing"]

Check = Callable[[Swap], Iterable[Obstacle]]
HostCheck = Callable[[Host, Swap], Iterable[Obstacle]]


def each_host(look: HostCheck) -> Check:
    """Make a check of the pair of one that looks at a single host: production first, and each obstacle says where.

    One host that cannot be looked at does not keep the other from it.
    """

    @functools.wraps(look)
    def both(swap: Swap) -> Iterable[Obstacle]:
        for host in (swap.production, swap.standby):
            for obstacle in _found(look, host, swap):
                yield replace(obstacle, where=obstacle.where or host.name)

    return both


def needing(need: str, check: Check) -> Check:
    """Make a check one of those sites alone that have what it is about, as `Site.has` names it."""

    @functools.wraps(check)
    def where_it_is(swap: Swap) -> Iterable[Obstacle]:
        return check(swap) if swap.site.has(need) else ()

    return where_it_is


def find_all(swap: Swap, checks: Sequence[Check]) -> list[Obstacle]:
    """What every check finds; one that fails is an obstacle itself, and does not end the others.

    Raises:
        Lost: a connection was lost, since nothing further can be looked at there; its detail has what was found.
    """
    found: list[Obstacle] = []
    for check in checks:
        try:
            found += _found(check, swap)
        except Lost as lost:
            lost.detail = "\n".join([lost.detail, *map(str, found)])
            raise
    return list(dict.fromkeys(found))


def _found(look: Callable[..., Iterable[Obstacle]], *asked: object) -> list[Obstacle]:
    """What a check yields until it ends or fails, its failure included."""
    found: list[Obstacle] = []
    try:
        for obstacle in look(*asked):
            found.append(obstacle)
    except Lost:
        raise
    except SwapError as error:
        said = f"{error.what}: {error.detail}" if error.detail else error.what
        found.append(Obstacle(" ".join(said.split()), "mend what it says, then `fab phase0`"))
    except Exception as error:
        what = f"{look.__module__.rpartition('.')[2]}.{look.__name__} could not look: {Bug(error).place}"
        found.append(Obstacle(what, "report it with this line"))
    return found

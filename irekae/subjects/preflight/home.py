"""Can the copy of /home be received."""

from collections.abc import Iterable

from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap

SLACK = 256 << 20  # bytes that must stay free on the receiver


def space(swap: Swap) -> Iterable[Obstacle]:
    """The standby has room for what production has more of."""
    home = swap.site.home.path
    ours = swap.production.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    held = swap.standby.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    need = 1024 * (int(ours[0]) - int(held[0])) + SLACK
    free = swap.standby.link.ask("space", path=home)["free"]
    if need > free:
        yield Obstacle(
            f"{home} needs {need >> 20} MiB more, {free >> 20} MiB are free", "make room there", swap.standby.name
        )

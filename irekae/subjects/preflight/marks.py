"""Lines that `fab init` could not decide (0.2): nothing begins before a person has."""

from collections.abc import Iterable

from irekae.site.marks import MARK, marked
from irekae.site.site import site_path
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def undecided(swap: Swap) -> Iterable[Obstacle]:
    """Every marked line of hosts.ini and site.toml."""
    for path in (swap.inventory.path, site_path().absolute()):
        for number, text in marked(path):
            yield Obstacle(
                f"{path}:{number} is not decided: {text}",
                f"write what is right there, and take the mark ({MARK.removeprefix('# ')}) away",
            )

"""Is every program there that an item will run."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

NEEDED = ("/usr/bin/rsync", "/usr/bin/rrsync", "/usr/bin/ssh-keygen", "/usr/sbin/sshd")


@each_host
def missing(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Programs that the items run."""
    for path in NEEDED:
        if not host.exists(path):
            yield Obstacle(f"{path} is missing", "install its package")

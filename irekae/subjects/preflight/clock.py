"""Do the clocks agree."""

import time
from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

CLOCK = 60.0  # seconds that the hosts' clocks may differ


@each_host
def differences(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The journal's order, leases and dated copies rest on clocks that agree with the seat's."""
    before = time.time()
    theirs = host.link.ask("clock")["wall"]
    off = theirs - (before + time.time()) / 2
    if abs(off) > CLOCK:
        yield Obstacle(f"its clock is {off:+.0f} s off this seat's", "set whichever is wrong: `date`, `timedatectl`")

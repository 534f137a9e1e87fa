"""What lies in the mail queues."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def queues(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """How many messages wait on each host, told; a queue that cannot be read is an obstacle."""
    queue = host.look(f"{swap.site.mail.bin}/qmail-qstat")
    if queue.status == 0:
        host.say("mail " + queue.text.strip().replace("\n", ", "))
    else:
        yield Obstacle(
            "qmail-qstat fails: " + queue.err.decode("utf-8", "replace").strip(), "correct [mail] bin in site.toml"
        )

"""What lies in the mail queues, and mail that only the standby's mailboxes hold."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.mail import system_of
from irekae.subjects.mail.queue import described, queued
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.subjects.trees import standby_mail
from irekae.swap.swap import Swap

SHOWN = 20  # messages that are told one by one
KINDS = ("local", "remote", "new")


@each_host
def queues(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """What waits on each host, told by message; a queue that cannot be read is an obstacle.

    Neither sender nor recipients: a mail system keeps them from everybody but itself.
    """
    yield from system_of(swap.site).obstacles(host)
    # The oldest first: they are the most likely to be there still when the swap begins.
    messages = sorted(queued(host, swap.site), key=lambda message: message["at"])
    for message in messages[:SHOWN]:
        host.say(f"queued: {described(message)}")
    if rest := messages[SHOWN:]:
        counts = ", ".join(f"{sum(bool(message[kind]) for message in rest)} {kind}" for kind in KINDS)
        host.say(f"queued: and {len(rest)} more, {sum(message['size'] for message in rest):,} bytes ({counts})")


def on_standby_alone(swap: Swap) -> Iterable[Obstacle]:
    """Mail that 3.1 would delete on the standby; told where site.toml lets it go."""
    found = standby_mail.alone(swap)
    left = standby_mail.undecided(swap, found)
    for line in standby_mail.told({user: count for user, count in found.items() if user not in left}):
        swap.standby.warn(f"mail that is here alone goes with 3.1: {line}")
    if left:
        yield Obstacle(
            f"mailboxes hold mail that {swap.production.name} lacks, and 3.1 would delete it: "
            + ", ".join(standby_mail.told(left)),
            standby_mail.remedy(left),
            swap.standby.name,
        )

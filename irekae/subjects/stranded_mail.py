"""Mail that is on the wrong machine, because a host that booted in between has taken some (1.6)."""

from collections.abc import Sequence

from irekae.host.host import Host
from irekae.host.remote import HostError
from irekae.model.items import find_item
from irekae.model.printing import show
from irekae.subjects.mailboxes import mailboxes
from irekae.swap.swap import Swap

BEHIND_THE_EXCHANGE = "7.2"


def came_behind(swap: Swap) -> list[str]:
    """A line for each mailbox of production that holds more messages than the standby's: it got mail behind the copy.

    Args:
        swap: with both hosts bound to 6.1, at their old names; behind it nobody would look for them there.
    """
    return [f"mail came behind the copy: {line}" for line in _ahead(swap, swap.production, swap.standby)]


def tell_mail_that_stays(swap: Swap) -> None:
    """Before a rollback changes the names back: mail that only the new production host has stays on that machine.

    It has some only where it has booted since 7.3. Nothing of it is removed; who gets it is for people to say.

    Args:
        swap: with the names exchanged.
    """
    pair = swap.for_pair(find_item(BEHIND_THE_EXCHANGE))
    try:
        ahead = _ahead(pair, pair.production, pair.standby)
    except HostError as error:
        # No reason to stay: what is there stays there in any case.
        show(f"  1.6 whether mail has arrived on the new production host is not known: {error}")
        return
    where = f"the machine that becomes {pair.standby.name} again"
    where += f", below {swap.site.home.path}" if swap.site.home else ""
    for line in ahead:
        show(f"  1.6 mail stays on {where}: {line}")


def _ahead(swap: Swap, host: Host, other: Host) -> Sequence[str]:
    """Whose mailbox holds more messages on the one host than on the other one."""
    ours, theirs = (mailboxes(swap.site, one).moving for one in (host, other))
    return [
        f"{user}: {box[0]} messages on {host.name}, {theirs.get(user, [0])[0]} on {other.name}"
        for user, box in ours.items()
        if box[0] > theirs.get(user, [0])[0]
    ]

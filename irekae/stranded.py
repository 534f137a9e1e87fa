"""Mail that arrived on production behind the copy (1.6): a host that booted in between has taken some."""

from irekae.errors import Status, SwapError
from irekae.swap import Swap


def want_no_mail_left(swap: Swap) -> None:
    """No mailbox of production holds more messages than the standby's: behind 6.1 nobody would look for them there.

    Args:
        swap: with both hosts bound to 6.1, at their old names.

    Raises:
        SwapError: some do (exit status 3).
    """
    home, maildir = swap.site.home.path, swap.site.mail.maildir
    ours, theirs = (host.link.ask("mailboxes", home=home, maildir=maildir) for host in (swap.production, swap.standby))
    left = [
        f"{user}: {box[0]} messages on {swap.production.name}, {theirs.get(user, [0])[0]} on {swap.standby.name}"
        for user, box in ours.items()
        if box[0] > theirs.get(user, [0])[0]
    ]
    if left:
        raise SwapError(
            f"{len(left)} mailboxes got mail on {swap.production.name} behind the copy",
            "\n".join(left),
            "`fab rollback --to phase2`, then `fab resume` copies again",
            Status.REFUSED,
        )

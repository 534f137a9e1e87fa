"""What the hosts still hold that a person must know of before signing: mail left behind, jobs set aside."""

from collections.abc import Iterator

from irekae import subjects
from irekae.model.legible import legible
from irekae.model.results import OpenPoint
from irekae.proof import mail_account
from irekae.swap.swap import Swap

SHOWN = 30  # messages that are told one by one


def open_points(swap: Swap) -> Iterator[OpenPoint]:
    """Each point of a swap whose names are exchanged; nothing before."""
    if not swap.exchanged:
        return
    left = list(mail_account.left(swap))
    for text in left[:SHOWN]:
        yield OpenPoint("mail left", legible(text))
    if len(left) > SHOWN:
        yield OpenPoint("mail left", f"and {len(left) - SHOWN} more messages")
    name = swap.inventory.standby.name
    if jobs := subjects.set_aside(swap.links[name], swap.site):
        text = f"no job runs on {name}, the retired machine, that production runs now; set aside there: "
        yield OpenPoint("jobs set aside", legible(text + ", ".join(jobs)))

"""What a seat reads of the prober on the computer outside: its log, and how that computer's clocks go."""

import time

from irekae.host.remote import Link, decode
from irekae.proof.outage.outages import Offset, Watched, read_log
from irekae.proof.outage.place import folder
from irekae.swap.swap import Swap

ASKED = 5  # times; the quickest answer is the most exact


def log_of(swap: Swap, link: Link) -> list[Watched]:
    """The stretches in which a prober ran there, oldest first."""
    found = link.ask("read", path=f"{folder(swap, link)}/log.jsonl")
    return read_log(decode(found["data"])) if found else []


def offset_of(link: Link) -> Offset:
    """What to add to that computer's clocks to get this seat's."""
    asked = []
    for _ in range(ASKED):
        sent = time.time()
        far = link.ask("clock")
        asked.append((sent, time.time(), far))
    return Offset.best(asked)


def run_of(swap: Swap) -> str:
    """The swap that a prober is started for; "" before there is any."""
    return str((swap.run or {}).get("id", ""))

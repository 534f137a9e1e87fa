"""How root's way in is just now: closed, or open and until when (2.1, 2.2)."""

from irekae.host.remote import Link, decode
from irekae.subjects.root_door import folder
from irekae.subjects.root_door.config import OPEN
from irekae.swap.swap import Swap


def door_of(swap: Swap, link: Link) -> str:
    """Root's way in to a host, for people.

    Raises:
        HostError: the host cannot say.
    """
    held = link.ask("read", path=swap.site.root_door.sshd_config)
    is_open = bool(held) and OPEN in decode(held["data"]).splitlines()
    if not is_open:
        return "closed"
    left = _left(swap, link)
    return "open, and NO lease closes it" if left is None else f"open, closes by itself in {left // 60} min"


def _left(swap: Swap, link: Link) -> int | None:
    """Seconds until the deadline; None without one that belongs to this boot. The host closes what it cannot read."""
    held = link.ask("read", path=f"{folder(swap)}/deadline")
    words = decode(held["data"]).decode("ascii", "replace").split() if held else []
    clock = link.ask("clock")
    if len(words) != 3 or words[0] != clock["boot_id"] or not all(word.isdecimal() for word in words[1:]):
        return None
    return max(0, int(words[1]) - int(clock["uptime"]))

"""Calls the hosts as soon as the command line names a command that is going to ask them."""

import contextlib
import re
from collections.abc import Sequence

from irekae.host import early
from irekae.model.errors import SwapError
from irekae.site.inventory import load_inventory
from irekae.site.machines import load_pins, pins_path
from irekae.site.site import load_site

ASKS = re.compile(r"phase(\d|10|11)(\.[a-z-]+)?|status|resume")
# What these say is known without the hosts, or is about others.
ELSEWHERE = re.compile(r"-[a-zA-Z]*[hl]|--(help|list|complete|version|pairs|dry)(=.*)?")


def call_hosts(words: Sequence[str]) -> None:
    """Begin to connect to both, while the command is still being read.

    Where that is not possible nothing is begun: the command itself says why.

    Args:
        words: the command line.
    """
    if not any(map(ASKS.fullmatch, words)) or any(map(ELSEWHERE.fullmatch, words)):
        return
    with contextlib.suppress(SwapError):
        inventory = load_inventory()
        if pins_path(inventory).exists():
            early.begin(inventory, load_pins(inventory), load_site(inventory).site.state)

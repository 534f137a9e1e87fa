"""Writes docs/items.md from the items themselves: `make docs`."""

from pathlib import Path

import tasks
from irekae.model.items import NEVER, NO_RETURN, Item, items_of

PAGE = Path(__file__).with_name("items.md")

HEAD = """\
# Items

Every item of the manual, with the command that carries it out alone. Written by `make docs` from the items themselves.

Source: **M** the manual · **W** another page of the same wiki · **+** our addition.
Again: how long the item may be done again on a host; then later work stands on it, and it is refused.
Host: by role; `production` and `standby` by hosts.ini; *both* at once or each by itself, *seat* at the operator's seat.
"""

WHERE = {"both": "both", "pair": "both, together", "seat": "seat"}


def row(item: Item) -> str:
    """The item's line of the table."""
    name = item.name.replace("_", "-")
    command = f"`fab phase{item.phase}.{name}`"
    what = item.en + (" (not part of the phase's own run)" if item.optional else "")
    undo = "checked by the suite; nothing is changed" if item.check else item.undo
    cells = (item.number, item.mark, WHERE.get(item.on.value, item.on.value), what, item.ja, command, undo, again(item))
    return "| " + " | ".join(cells) + " |"


def again(item: Item) -> str:
    """How long it may be repeated."""
    if item.number == NO_RETURN:
        return "at any time: another boot, another proof"
    if item.ends == NEVER:
        return "at any time"
    return f"until {item.until} has begun" if item.until else f"until phase {item.ends[0]} has begun"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for number, title in tasks.PHASES.items():
        parts.append(f"## Phase {number}: {title}\n")
        parts.append(
            "| item | source | host | what | 作業 | command | undo | again |\n|---|---|---|---|---|---|---|---|"
        )
        found = sorted(items_of(number), key=lambda item: item.order)
        parts.append("\n".join(map(row, found)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())

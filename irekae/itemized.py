"""What rsync --itemize-changes says it does to each path: rsync(1). Pure.

A line is eleven flags, a space, and the path, in which odd bytes stand as \\#ooo.
"""

import re

PATH = 12  # characters before the path
# Named pipes and sockets are not copied: a key limited to a folder makes no special files.
_ITEM = re.compile(r"[<>ch.][fdLDS][.+?cstpoguaxbn ]{9} |\*deleting   ")
# A folder's time alone changes when a program looks in: it has neither contents nor owners to lose.
_FOLDER_TIME = ".d..t...... "


def doomed(listing: str) -> list[str]:
    """The paths that would be deleted."""
    return [line[PATH:] for line in _items(listing) if line.startswith("*")]


def altered(listing: str) -> list[str]:
    """The files and folders of which only mode, owner or time would change: rsync keeps no copy of those."""
    return [line[PATH:] for line in _items(listing) if re.match(r"\.[fd]", line)]


def left(listing: str) -> list[str]:
    """The lines of what a dry run still wants to do."""
    return [line for line in _items(listing) if not line.startswith(_FOLDER_TIME)]


def added(log: str) -> list[str]:
    """The paths that a copy has made, by its log: time and process number in brackets come before each item."""
    items = [line.partition("] ")[2] for line in log.split("\n")]
    return [item[PATH:] for item in items if _ITEM.match(item) and "+++++" in item[:PATH]]


def _items(listing: str) -> list[str]:
    return [line for line in listing.split("\n") if _ITEM.match(line)]

"""What rsync says it does to each path, in the format `%i %n`: rsync(1), --itemize-changes. Pure.

A line is eleven flags, a space, and the path, in which odd bytes stand as \\#ooo.
"""

import re
from collections.abc import Iterable

DELETED = "*deleting"  # how the line of a path begins that would be deleted
PATH = 12  # characters before the path
# Named pipes and sockets are not copied: a key limited to a folder makes no special files.
_ITEM = re.compile(r"[<>ch.][fdLDS][.+?cstpoguaxbn ]{9} |\*deleting   ")
# A folder's time alone changes when a program looks in: it has neither contents nor owners to lose.
_FOLDER_TIME = ".d..t...... "


def doomed(listing: Iterable[str]) -> list[str]:
    """The paths that would be deleted."""
    return [line[PATH:] for line in _items(listing) if line.startswith("*")]


def folders_deleted(listing: Iterable[str]) -> list[str]:
    """The folders that would be deleted: of one in which no file lies, rsync keeps nothing."""
    return [path for path in doomed(listing) if path.endswith("/")]


def altered(listing: Iterable[str]) -> list[str]:
    """The files and folders of which only mode, owner or time would change: rsync keeps no copy of those."""
    return [line[PATH:] for line in _items(listing) if re.match(r"\.[fd]", line)]


def left(listing: Iterable[str]) -> list[str]:
    """The lines of what a dry run still wants to do."""
    return [line for line in _items(listing) if not line.startswith(_FOLDER_TIME)]


def written(listing: Iterable[str]) -> list[str]:
    """The paths that would be made, or get other contents: what stands there afterwards is the copy's."""
    return [line[PATH:] for line in _items(listing) if line[0] not in ".*"]


def made(listing: Iterable[str]) -> list[str]:
    """The paths that would be made, also in the place of something of another kind."""
    return [line[PATH:] for line in _items(listing) if "+++++" in line[:PATH]]


def in_log(log: Iterable[str]) -> list[str]:
    """The listing in a copy's log: time and process number in brackets come before each item."""
    return [line.partition("] ")[2] for line in log]


def pattern_of(path: str) -> str:
    """A pattern that matches this path alone: rsync(1), INCLUDE/EXCLUDE PATTERN RULES.

    A backslash escapes a wildcard, and stands for itself where the pattern has none.
    """
    return re.sub(r"([*?\[\\])", r"\\\1", path) if re.search(r"[*?\[]", path) else path


def _items(listing: Iterable[str]) -> list[str]:
    return [line for line in listing if _ITEM.match(line)]

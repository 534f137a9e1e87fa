"""What a copy lost, told apart from what people and programs did to it since. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Listing = Mapping[str, tuple[str, int]]
"""Path → description and time (seconds since 1970), as the agent's `listing` gives it."""

SHOWN = 3
FEW = 3  # paths that may always be gone by use


@dataclass(frozen=True)
class Reason:
    """Why something is different. expected: is it as it may be; else the text helps whoever has to find out."""

    text: str
    expected: bool = True


@dataclass(frozen=True)
class Difference:
    """Paths that differ: by use (touched since the copy was confirmed), and those that nothing explains.

    gone: of those by use, what there was and is no more, neither there nor elsewhere below; written: what was written
    anew; total: how many paths there were.
    """

    used: tuple[str, ...]
    unexplained: tuple[str, ...]
    gone: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    total: int = 0

    def reason(self, most: int) -> Reason:
        """The paths, a few of them by name. Nobody uses so much up in a day: a quarter of all, or more than `most`."""
        if self.unexplained:
            return Reason(f"different though untouched since the copy: {some(self.unexplained)}", expected=False)
        usual = min(most, max(FEW, self.total // 4), self.total - 2 if self.total > 2 else FEW)
        for word, paths in (("gone", self.gone), ("written anew", self.written)):
            if len(paths) > usual:
                return Reason(f"{len(paths)} of {self.total} paths are {word}: {some(paths)}", expected=False)
        return Reason(f"changed since the copy: {some(self.used)}")


def some(paths: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def difference(original: Listing, copy: Listing, since: float) -> Difference:
    """Compare a copy with the original that it was made from.

    A file that was written since has a time since then. What was added, renamed or removed since has left its time in
    the folder that it lay in. A mode or an owner leaves no time, so that a change of these is never explained.

    Args:
        original: the listing on the old machine.
        copy: the listing on the new one.
        since: the moment from which on the copy was in use, seconds since 1970.
    """
    used: list[str] = []
    unexplained: list[str] = []
    gone: list[str] = []
    rewritten: list[str] = []
    elsewhere = {line for path, (line, _) in copy.items() if path not in original}
    for path in sorted({*original, *copy}):
        old, new = original.get(path), copy.get(path)
        if old is not None and new is not None and old[0] == new[0]:
            continue
        written = new is not None and _is_written(new[0]) and new[1] >= since
        moved = (old is None or new is None) and _folder_time(path, copy) >= since
        (used if written or moved else unexplained).append(path)
        if old is not None and (new is not None or old[0] not in elsewhere):
            (gone if new is None else rewritten).append(path)
    return Difference(tuple(used), tuple(unexplained), tuple(gone), tuple(rewritten), len(original))


def _is_written(description: str) -> bool:
    return description.startswith("file ")


def _folder_time(path: str, copy: Listing) -> int:
    """When the nearest folder above that is still there last had something added or removed; 0 if nothing is known."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in copy:
            return copy[path][1]
    return 0


def gone_messages(original: Listing, copy: Listing) -> list[str]:
    """Messages of a maildir that are no longer there; a message that was read moves from new to cur and gets flags."""
    held = {_message(path) for path in copy}
    return sorted(path for path in original if (name := _message(path)) and name not in held)


def _message(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return name.partition(":2,")[0] if folder.endswith(("/cur", "/new")) else ""

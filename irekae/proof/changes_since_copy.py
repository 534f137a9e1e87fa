"""What a copy lost, told apart from what people and programs did to it since. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from irekae.model.legible import legible

Listed = tuple[str, str, int]
"""Path, description and time (seconds since 1970), as the agent's `listed` gives it."""

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


def difference(sides: Iterable[tuple[str, Listed | None, Listed | None]], since: float) -> Difference:
    """Compare a copy with the original that it was made from.

    A file that was written since has a time since then. What was added, renamed or removed since has left its time in
    the folder that it lay in. A mode or an owner leaves no time, so that a change of these is never explained.

    Args:
        sides: each path, and what the original and the copy have there, in the order of a walk: none of it is held but
            what differs, and the folders.
        since: the moment from which on the copy was in use, seconds since 1970.
    """
    used: list[str] = []
    unexplained: list[str] = []
    lost: list[Listed] = []
    rewritten: list[str] = []
    elsewhere: set[str] = set()
    folders: dict[str, int] = {}
    total = 0
    for path, old, new in sides:
        total += old is not None
        if new is not None and (_is_folder(new) or (old is not None and _is_folder(old))):
            folders[path] = new[2]
        if old is not None and new is not None and old[1] == new[1]:
            continue
        written = new is not None and _is_written(new[1]) and new[2] >= since
        moved = (old is None or new is None) and _folder_time(path, folders) >= since
        (used if written or moved else unexplained).append(legible(path))
        if old is None and new is not None:
            elsewhere.add(new[1])
        elif old is not None and new is None:
            lost.append(old)
        else:
            rewritten.append(legible(path))
    gone = (legible(path) for path, line, _ in lost if line not in elsewhere)
    return Difference(tuple(sorted(used)), tuple(sorted(unexplained)), tuple(gone), tuple(rewritten), total)


def _is_folder(entry: Listed) -> bool:
    return entry[1].startswith("dir")


def _is_written(description: str) -> bool:
    return description.startswith("file ")


def _folder_time(path: str, folders: Mapping[str, int]) -> int:
    """When the nearest folder above that is still there last had something added or removed; 0 if nothing is known."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in folders:
            return folders[path]
    return 0

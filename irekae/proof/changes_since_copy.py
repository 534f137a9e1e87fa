"""What a copy lost, told apart from what people and programs did to it since. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from irekae.model.legible import legible

Listed = tuple[str, str, int]
"""Path, description and time (seconds since 1970), as the agent's `listed` gives it."""

SHOWN = 3
SIZE = 4  # its place among the words of a file's description
FEW = 3  # paths that may always be gone by use
# What programs empty and fill again by themselves.
EMPTIED_BY_USE = (
    "*.log",
    "*.log.*",
    "*lock*",
    "*.pid",
    "*.tmp",
    "*-wal",
    "*-journal",
    "*_history",
    ".xsession-errors*",
)


@dataclass(frozen=True)
class Reason:
    """Why something is different. expected: is it as it may be; else the text helps whoever has to find out."""

    text: str
    expected: bool = True


@dataclass(frozen=True)
class Difference:
    """Paths that differ: by use (touched since the copy was confirmed), and those that nothing explains.

    gone: of those by use, what there was and is no more, neither there nor elsewhere below; written: what was written
    anew; emptied: of these, files that have no byte any more; total: how many paths there were.
    """

    used: tuple[str, ...]
    unexplained: tuple[str, ...]
    gone: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    total: int = 0

    def reason(self, most: int) -> Reason:
        """The paths, a few of them by name. Nobody uses so much up in a day: a quarter of all, or more than `most`."""
        if self.unexplained:
            return Reason(f"different though untouched since the copy: {some(self.unexplained)}", expected=False)
        usual = min(most, max(FEW, self.total // 4), self.total - 2 if self.total > 2 else FEW)
        for word, paths in (("gone", self.gone), ("written anew", self.written)):
            if len(paths) > usual:
                return self._too_many(word, paths)
        return self._used(FEW)

    def reason_in_tree(self, most: int) -> Reason:
        """The same of data that services write: they write as many anew as they like, and empty none but logs."""
        if self.unexplained:
            return Reason(f"different though untouched since the copy: {some(self.unexplained)}", expected=False)
        if len(self.gone) > min(max(most, self.total // 10), max(FEW, self.total // 4)):
            return self._too_many("gone", self.gone)
        return self._used(0)

    def _used(self, emptied: int) -> Reason:
        if len(self.emptied) > emptied:
            return self._too_many("emptied", self.emptied)
        return Reason(f"changed since the copy: {some(self.used)}")

    def _too_many(self, word: str, paths: Sequence[str]) -> Reason:
        return Reason(f"{len(paths)} of {self.total} paths are {word}: {some(paths)}", expected=False)


def some(paths: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def difference(sides: Iterable[tuple[str, Listed | None, Listed | None]], since: float, top: int = 0) -> Difference:
    """Compare a copy with the original that it was made from.

    A file that was written since has a time since then. What was added, renamed or removed since has left its time in
    the folder that it lay in. A mode or an owner leaves no time, so that a change of these is never explained.

    Args:
        sides: each path, and what the original and the copy have there, in the order of a walk: none of it is held but
            what differs, and the folders.
        since: the moment from which on the copy was in use, seconds since 1970.
        top: when something was added to the folder that holds all of it, or removed; 0 where that explains nothing.
    """
    used: list[str] = []
    unexplained: list[str] = []
    lost: list[Listed] = []
    rewritten: list[str] = []
    emptied: list[str] = []
    elsewhere: set[str] = set()
    folders: dict[str, int] = {"": top}
    total = 0
    for path, old, new in sides:
        total += old is not None
        # What came with a folder that is new came when something was added to the one that it lies in.
        if old is not None and new is not None and (_is_folder(new) or _is_folder(old)):
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
            emptied += [legible(path)] if _is_emptied(path, old, new) else []
    gone = (legible(path) for path, line, _ in lost if line not in elsewhere)
    explained = tuple(sorted(used)), tuple(sorted(unexplained))
    return Difference(*explained, tuple(gone), tuple(rewritten), tuple(emptied), total)


def _is_folder(entry: Listed) -> bool:
    return entry[1].startswith("dir")


def _is_written(description: str) -> bool:
    return description.startswith(("file ", "link "))


def _is_emptied(path: str, old: Listed | None, new: Listed | None) -> bool:
    """Had a file bytes (the fifth word of its description), and has none any more."""
    was, is_ = (entry[1].split(" ") if entry else [""] for entry in (old, new))
    files = was[0] == is_[0] == "file" and len(was) > SIZE and len(is_) > SIZE
    if not files or was[SIZE] == "0" or is_[SIZE] != "0":
        return False
    return not any(fnmatchcase(path.rpartition("/")[2].lower(), usual) for usual in EMPTIED_BY_USE)


def _folder_time(path: str, folders: Mapping[str, int]) -> int:
    """When the nearest folder above that is still there last had something added or removed; 0 if nothing is known."""
    while "/" in path:
        path = path.rpartition("/")[0]
        if path in folders:
            return folders[path]
    return folders[""]

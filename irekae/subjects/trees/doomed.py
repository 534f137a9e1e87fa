"""What a copy would delete: how much of each entry of the tree, and some of it by name."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from irekae.host.agent.words import unescape
from irekae.subjects.trees import rsync_listing

SHOWN = 20  # paths of a list that are told


class Doomed:
    """What would be deleted.

    Args:
        listing: what rsync says, in parts of its lines.

    Attributes:
        counts: name directly in the tree → how many paths at it and below.
        some: the same → the first of these, as rsync writes them.
    """

    def __init__(self, listing: Iterable[list[str]]) -> None:
        """Go through the listing once; none of it is held."""
        self.counts: Counter[str] = Counter()
        self.some: dict[str, list[str]] = defaultdict(list)
        for part in listing:
            for path in rsync_listing.doomed(part):
                name = unescape(path).split("/")[0]
                self.counts[name] += 1
                if self.counts[name] <= SHOWN:
                    self.some[name].append(path)

    @property
    def total(self) -> int:
        """How many paths."""
        return self.counts.total()

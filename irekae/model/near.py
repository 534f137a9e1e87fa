"""What was probably meant by a name that there is none of."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

MOST = 3  # names that are offered
ALIKE = 0.6  # of 1.0, as difflib measures: two letters that changed places in a name of three
BEHIND = 0.1  # so much less alike than the best one, and a name is not offered beside it


def near(word: str, known: Iterable[str]) -> list[str]:
    """The names most like a word, best first; case does not matter, nor `_` for `-`, nor dashes in front."""
    alike = {name: SequenceMatcher(None, _form(name), _form(word)).ratio() for name in known}
    least = max(ALIKE, max(alike.values(), default=0.0) - BEHIND)
    found = [name for name, ratio in alike.items() if ratio >= least]
    return sorted(found, key=lambda name: -alike[name])[:MOST]


def _form(name: str) -> str:
    return name.casefold().replace("_", "-").lstrip("-")


def meant(names: Sequence[str], otherwise: str = "") -> str:
    """The hint that offers these names; `otherwise` where there is none."""
    return f"was {' or '.join(f'`{name}`' for name in names)} meant?" if names else otherwise

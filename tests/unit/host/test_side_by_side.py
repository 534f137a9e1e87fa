"""Two walks compared a path at a time: as if both were held as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.agent.search import each_path
from irekae.host.side_by_side import side_by_side

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=3)
FILES = st.sets(
    st.lists(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3).map("/".join), max_size=8
)


def make(top: Path, files: set[str]) -> Path:
    for file in sorted(files):
        path = top / file
        if not any(parent.is_file() for parent in path.parents if parent != top) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return top


@given(FILES, FILES)
def test_what_only_one_has_is_told_as_sets_would_tell_it(
    tmp_path_factory: pytest.TempPathFactory, ours: set[str], theirs: set[str]
) -> None:
    made = tmp_path_factory.mktemp
    here, there = (make(made("walk"), files) for files in (ours, theirs))
    walks = [list(each_path(str(top))) for top in (here, there)]
    found = list(side_by_side(iter(walks[0]), iter(walks[1]), str))
    assert {path for path, _, other in found if other is None} == set(walks[0]) - set(walks[1])
    assert {path for path, one, _ in found if one is None} == set(walks[1]) - set(walks[0])
    assert [one for _, one, _ in found if one is not None] == walks[0]
    assert [other for _, _, other in found if other is not None] == walks[1]
    assert all(path in (one, other) for path, one, other in found)


def test_neither_is_gone_through_further_than_the_other_needs() -> None:
    taken = []

    def walk(names: str) -> Iterator[str]:
        for name in names:
            taken.append(name)
            yield name

    assert next(side_by_side(walk("abc"), walk("cde"), str)) == ("a", "a", None)
    assert taken == ["a", "c"]

"""What users did since the copy, and what was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irekae.host.side_by_side import side_by_side
from irekae.proof import changes_since_copy
from irekae.proof.changes_since_copy import Difference, Listed

Listing = Mapping[str, tuple[str, int]]

SINCE = 1000.0
OLD, NEW = 10, 2000


def walked(listing: Listing) -> Iterator[Listed]:
    """In the order of a walk: the names in a folder, then each of its folders."""
    paths = sorted(listing, key=lambda path: (path.split("/")[:-1], path))
    return ((path, *listing[path]) for path in paths)


def difference(original: Listing, copy: Listing, since: float) -> Difference:
    return changes_since_copy.difference(side_by_side(walked(original), walked(copy)), since)


def test_an_equal_copy_has_no_difference() -> None:
    listing = {"u": ("dir 0755 u u", OLD), "u/a": ("file 0644 u u 5 10", OLD)}
    found = difference(listing, listing, SINCE)
    assert (found.used, found.unexplained) == ((), ())


@pytest.mark.parametrize(
    ("copy", "used"),
    [
        ({"u": ("dir", OLD), "u/a": ("file 0644 u u 9 2000", NEW)}, True),  # written since
        ({"u": ("dir", OLD), "u/a": ("file 0644 root u 5 10", OLD)}, False),  # another owner
        ({"u": ("dir", OLD)}, False),  # lost by the copy
        ({"u": ("dir", NEW)}, True),  # removed since: the folder tells
        ({"u": ("dir", OLD), "u/a": ("file 0644 u u 5 10", OLD), "u/b": ("file x", OLD)}, False),  # from nowhere
        ({"u": ("dir", NEW), "u/a": ("file 0644 u u 5 10", OLD), "u/b": ("file x", OLD)}, True),  # unpacked since
        ({}, False),  # all of it lost
    ],
)
def test_use_and_loss_are_told_apart(copy: dict[str, tuple[str, int]], used: bool) -> None:
    original = {"u": ("dir", OLD), "u/a": ("file 0644 u u 5 10", OLD)}
    found = difference(original, copy, SINCE)
    assert (found.unexplained == ()) is used
    assert found.reason(20).expected is used


def test_a_folder_whose_mode_changed_is_not_explained_by_its_time() -> None:
    found = difference({"u": ("dir 0755 u u", OLD)}, {"u": ("dir 0777 u u", NEW)}, SINCE)
    assert found.unexplained == ("u",)


NAMES = st.sampled_from(["u", "u/a", "u/b", "u/c/d"])
LISTINGS = st.dictionaries(
    NAMES, st.tuples(st.sampled_from(["file 1", "file 2", "dir 1", "link x"]), st.integers(0, 3000))
)


@settings(deadline=None)
@given(LISTINGS, LISTINGS)
def test_every_difference_is_told_once_and_nothing_else(original: Any, copy: Any) -> None:
    found = difference(original, copy, SINCE)
    said = {path: line for path, (line, _) in original.items()}
    differing = {path for path in {*original, *copy} if said.get(path) != copy.get(path, (None, 0))[0]}
    assert sorted((*found.used, *found.unexplained)) == sorted(differing)


@settings(deadline=None)
@given(LISTINGS)
def test_a_loss_without_a_trace_is_never_called_use(original: Any) -> None:
    old = {path: (line, OLD) for path, (line, _) in original.items()}
    for lost in old:
        copy = {path: found for path, found in old.items() if path != lost}
        assert difference(old, copy, SINCE).unexplained == (lost,)


def home(files: int) -> dict[str, tuple[str, int]]:
    return {"u": ("dir", OLD), **{f"u/{n}": (f"file 0644 u u 5 {n}", OLD) for n in range(files)}}


@pytest.mark.parametrize(
    ("files", "left", "use"), [(50, 45, True), (50, 2, False), (4, 0, False), (4, 1, True), (400, 370, False)]
)
def test_nobody_uses_a_home_up(files: int, left: int, use: bool) -> None:
    kept = {path: found for path, found in home(files).items() if path == "u" or int(path[2:]) < left}
    found = difference(home(files), {**kept, "u": ("dir", NEW)}, SINCE)
    assert found.unexplained == ()
    assert found.reason(20).expected is use


def test_files_that_moved_within_a_home_are_not_gone() -> None:
    moved = {"u": ("dir", NEW), "u/d": ("dir", NEW), **{f"u/d/{n}": (f"file 0644 u u 5 {n}", OLD) for n in range(50)}}
    assert difference(home(50), moved, SINCE).reason(20).expected


def test_a_home_whose_files_are_all_written_anew_is_none_in_use() -> None:
    written = {"u": ("dir", OLD), **{f"u/{n}": (f"file 0644 u u 9 {NEW}", NEW) for n in range(50)}}
    found = difference(home(50), written, SINCE).reason(20)
    assert not found.expected
    assert "50 of 51 paths are written anew" in found.text


@pytest.mark.parametrize(
    ("files", "emptied", "expected"),
    [(30, "u/1", False), (30, "u/app.log", True)],
)
def test_a_file_of_a_data_tree_that_was_emptied_is_not_use(files: int, emptied: str, expected: bool) -> None:
    old = home(files) | {"u/app.log": ("file 0644 u u 9 1", OLD)}
    now = old | {emptied: ("file 0644 u u 0 2000", NEW)}
    assert difference(old, now, SINCE).reason_in_tree(20).expected is expected
    assert difference(old, now, SINCE).reason(20).expected  # a user may empty one of his own


def test_what_services_write_in_a_data_tree_is_use_and_a_folder_that_is_gone_is_not() -> None:
    old = home(100)
    written = {
        path: (line.replace(" 5 ", " 6 "), NEW) if path != "u" else (line, NEW) for path, (line, _) in old.items()
    }
    assert difference(old, written, SINCE).reason_in_tree(20).expected
    assert not difference(old, {}, SINCE).reason_in_tree(20).expected
    gone = changes_since_copy.difference(side_by_side(walked(old), walked({})), SINCE, NEW)
    assert not gone.reason_in_tree(20).expected
    added = changes_since_copy.difference(side_by_side(walked({}), walked(home(3))), SINCE, NEW)
    assert added.reason_in_tree(20).expected


def test_a_link_that_was_made_anew_is_use() -> None:
    old, now = (
        {"u": ("dir", OLD), "u/l": ("link 0777 u u a1", OLD)},
        {"u": ("dir", NEW), "u/l": ("link 0777 u u a2", NEW)},
    )
    assert difference(old, now, SINCE).unexplained == ()

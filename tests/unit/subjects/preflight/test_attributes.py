"""Access lists and attributes that production can hold, the standby must hold too: by the kernels' own word (0.2)."""

from __future__ import annotations

from typing import Any, cast

import pytest

from irekae.subjects.preflight import trees
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy

ALL = {"acl": True, "xattr": True}
NONE = {"acl": False, "xattr": False}


def told(
    swap: Swap,
    ours: dict[str, bool],
    theirs: dict[str, bool],
    rsync: str = "",
    found: dict[str, list[str]] | None = None,
) -> list[str]:
    """The obstacles; found: paths of production that have some."""
    survey = {"users": [], "groups": [], "too_long": [], "acl": [], "xattr": [], **(found or {})}
    for name, support in (("ika", ours), ("tako", theirs)):
        far = cast(Any, swap.links[name])
        for op, answer in (("attribute_support", support), ("survey", survey)):
            setattr(far, f"_{op}", lambda answer=answer, **_: answer)
        cast(FarEnd, far).commands = lambda argv, stdin: (0, rsync)
        cast(FarEnd, far).path("/home").mkdir(parents=True, exist_ok=True)
    return [str(obstacle) for obstacle in trees.attributes(for_copy(swap))]


def test_equal_file_systems_are_right(swap: Swap) -> None:
    assert told(swap, ALL, ALL, found={"acl": ["asada/plan"]}) == []
    assert told(swap, NONE, NONE) == []
    assert told(swap, NONE, ALL) == []


@pytest.mark.parametrize(("kind", "words"), [("acl", "access control lists"), ("xattr", "extended attributes")])
def test_what_the_standby_cannot_hold_is_told_once_for_each_kind_used_or_not(swap: Swap, kind: str, words: str) -> None:
    [unused] = told(swap, ALL, {**ALL, kind: False})
    assert unused.startswith(f"tako: /home cannot hold {words}, ika's can")
    [used] = told(swap, ALL, {**ALL, kind: False}, found={kind: ["asada/plan"]})
    assert f"cannot hold {words}, which /home/asada/plan has" in used
    assert "setfacl -b" in used


def test_an_rsync_without_them_is_told_only_where_there_are_some(swap: Swap) -> None:
    assert len(told(swap, ALL, ALL, "    symlinks, no ACLs, xattrs", found={"acl": ["asada/plan"]})) == 2
    assert told(swap, ALL, ALL, "    symlinks, no ACLs, xattrs") == []

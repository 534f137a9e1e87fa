"""What the agent answers about data trees before they are copied: types, as in `claims`."""

from typing import Annotated, Any

from msgspec import Meta, Struct

_Path = Annotated[str, Meta(max_length=16384)]
_Size = Annotated[int, Meta(ge=0)]
_Time = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]  # since 1970
_Mode = Annotated[int, Meta(ge=0, le=0o7777)]
_Name = Annotated[str, Meta(max_length=256)]
# Mode, owner, group, time, inode number (of 64 bits without a sign, maybe), attributes: the agent's `states`.
PathState = tuple[int, int, int, int, int, dict[str, str]]
# Path, whether the copy made it, mark, state before, state now: the agent's copy_notes.
CopyLeft = tuple[str, bool, str, PathState | None, PathState | None]
_Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64}|-)?$")]


class Sample(Struct, frozen=True, forbid_unknown_fields=True):
    """How many files lie in a tree, and some by themselves: mode, owner, group, bytes, seconds since 1970, sha256; of
    folders mode, owner, group. users, groups: numbers to which something belongs, and that have no name."""

    files: _Size
    sample: dict[_Path, tuple[_Mode, _Name, _Name, _Size, _Time, _Digest]]
    folders: dict[_Path, tuple[_Mode, _Name, _Name]]
    users: list[_Size]
    groups: list[_Size]


class Nameless(Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of users and groups that have no name."""

    users: list[_Size]
    groups: list[_Size]


TREE_ANSWERS: dict[str, Any] = {
    "make_folder": None,
    "tops": list[_Path],
    "other_devices": list[str],
    "sample": Sample,
    "nameless": Nameless,
    "undeclared": list[tuple[_Path, _Path]],
}

# What comes in parts, and from lists of ours.
IN_PARTS: dict[str, Any] = {
    "instant": list[tuple[str, _Size, _Time]],  # paths of any length
    "line": list[str],
    "listed": list[tuple[str, str, _Time]],
    "mail": list[tuple[str, str, _Time]],
    "path": list[str],
    "copy_left": CopyLeft,  # a line of it
}

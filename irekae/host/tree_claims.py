"""What the agent answers about data trees before they are copied: types, as in `claims`."""

from typing import Annotated, Any

from msgspec import Meta

_Path = Annotated[str, Meta(max_length=16384)]
_Size = Annotated[int, Meta(ge=0)]
_Instant = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]  # nanoseconds since 1970

TREE_ANSWERS: dict[str, Any] = {
    "make_folder": None,
    "tops": list[_Path],
    "instants": dict[_Path, tuple[_Size, _Instant]],
}

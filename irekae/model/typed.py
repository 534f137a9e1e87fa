"""Data from outside, once they are of the type that they must have.

msgspec builds what it knows of a type when the type is first used, and shows it to other threads half built: two that
meet there end the whole process (seen with 0.22: a segmentation fault). So each type is built once, by one thread.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar, overload

import msgspec

Kind = TypeVar("Kind")

_BUILDING = Lock()
_BUILT: set[Any] = set()


@overload
def converted(value: Any, kind: type[Kind]) -> Kind: ...
@overload
def converted(value: Any, kind: Any) -> Any: ...
def converted(value: Any, kind: Any) -> Any:
    """The value as that type.

    Raises:
        msgspec.ValidationError: it is something else.
    """
    return msgspec.convert(value, _built(kind), strict=True)


@overload
def decoded(data: bytes | str, kind: type[Kind]) -> Kind: ...
@overload
def decoded(data: bytes | str, kind: Any) -> Any: ...
def decoded(data: bytes | str, kind: Any) -> Any:
    """What JSON text says, as that type.

    Raises:
        msgspec.DecodeError: it is no JSON, or something else.
    """
    return msgspec.json.decode(data, type=_built(kind), strict=True)


def _built(kind: Any) -> Any:
    with _BUILDING:
        if kind not in _BUILT:
            msgspec.json.Decoder(kind)
            _BUILT.add(kind)
    return kind

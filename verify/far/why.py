"""What went wrong, in the system's words."""

from __future__ import annotations


def why(error: BaseException) -> str:
    """The reason of an error, without its number and what it was asked about."""
    return getattr(error, "strerror", None) or str(error)

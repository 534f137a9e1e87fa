"""What changes in a file, for people."""

import difflib


def diff(path: str, before: bytes, after: bytes) -> tuple[str, ...]:
    """A unified diff with one line of context; bytes that are not UTF-8 stand as ``\\xNN``."""
    old, new = (text.decode("utf-8", "backslashreplace").splitlines() for text in (before, after))
    return tuple(difflib.unified_diff(old, new, path, path, lineterm="", n=1))

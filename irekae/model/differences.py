"""What changes in a file, for people."""

import difflib

SECRET = "(contents are secret)"


def diff(path: str, before: bytes, after: bytes) -> tuple[str, ...]:
    """A unified diff with one line of context; bytes that are not UTF-8 stand as ``\\xNN``."""
    old, new = (text.decode("utf-8", "backslashreplace").splitlines() for text in (before, after))
    return tuple(difflib.unified_diff(old, new, path, path, lineterm="", n=1))


def three_texts(path: str, before: bytes, now: bytes, wanted: bytes) -> list[str]:
    """What somebody did to a file since its original was kept, and what we would have done to that."""
    since, ours = diff(path, before, now), diff(path, before, wanted)
    return ["what was done to it since:", *since, "what we would do:", *ours]

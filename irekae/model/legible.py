"""Text that came from anywhere, made fit to be shown: nothing in it steers a terminal, forges a line or hides."""

from __future__ import annotations

import re
import unicodedata

# What is neither line feed, tab nor printable ASCII is looked at one by one.
_DOUBTFUL = re.compile(r"[^\n\t -~]")
_BLANKS = "Zs"  # no-break space, ideographic space: they only look like one
# Letters and marks by their category, but seen by nobody (Unicode: Default_Ignorable_Code_Point).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def legible(text: str | bytes) -> str:
    r"""Return `text` from a host so that it can be shown anywhere: what cannot be read becomes ``\xNN``, ``\uNNNN``.

    Newlines and tabs stay. Spelled out are bytes that are not UTF-8 (also as `surrogateescape` carries them), control
    characters (ESC, U+009B …), format characters (U+202E and the other ones that turn the direction of writing, the
    invisible ones), line separators, lone surrogates and whatever has no meaning in Unicode. Twice is the same as once.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if text.isascii() and text.isprintable():
        return text
    return _DOUBTFUL.sub(_shown, text.replace("\r\n", "\n"))


def line(text: str | bytes) -> str:
    r"""Return `text` as one legible line: a line feed in it becomes ``\x0a``, so that no name can forge a line."""
    return legible(text).replace("\n", "\\x0a")


def _shown(found: re.Match[str]) -> str:
    char = found.group()
    if (char.isprintable() and char not in _UNSEEN) or unicodedata.category(char) == _BLANKS:
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that surrogateescape carried through
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

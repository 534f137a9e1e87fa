"""Runs a command on a terminal of its own below ours, so that it folds, colours and draws bars as for a person."""

import codecs
import contextlib
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

from lab.stream import end, legible

# What the command may do to our terminal: colours, lines that are drawn again, the cursor hidden meanwhile.
_DRAWN = re.compile(r"(\x1b\[[0-9;]*[mKA]|\x1b\[\?25[hl]|\r)")
_HALF = re.compile(r"\x1b(\[[0-9;?]*)?\Z")


def is_there() -> bool:
    """Is standard output a terminal on which lines may be drawn again."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def stream(argv: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run a command and show its output as it draws it: exit status, and what it wrote without its drawing.

    Args:
        argv: the command.
        folder: where it runs.
    """
    mine, theirs = os.openpty()
    with contextlib.suppress(OSError):  # where nobody knows the size, it is the usual one
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *reversed(os.get_terminal_size(1)), 0, 0))
    process = subprocess.Popen(argv, cwd=folder, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        kept = _pump(mine)
        return process.wait(), _DRAWN.sub("", kept.replace("\r\n", "\n").replace("\r", "\n"))
    except BaseException:
        end(process)
        raise
    finally:
        os.close(mine)


def _pump(source: int) -> str:
    kept, half = "", ""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    while chunk := _read(source):
        text = half + decoder.decode(chunk)
        cut = found.start() if (found := _HALF.search(text)) else len(text)
        text, half = text[:cut], text[cut:]
        sys.stdout.buffer.write(shown(text).encode())
        sys.stdout.buffer.flush()
        kept += text
    return kept


def shown(text: str) -> str:
    """What the command draws as it is, and what anybody else could have put into it spelled out."""
    return "".join(piece if _DRAWN.fullmatch(piece) else legible(piece) for piece in _DRAWN.split(text))


def _read(source: int) -> bytes:
    try:
        return os.read(source, 4096)
    except OSError:  # EIO: nobody holds the other end any more
        return b""

"""Runs a command and shows what it prints as it comes, each line with a prefix; nothing in it steers a terminal."""

import codecs
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE = 10.0  # seconds for a command to end that was asked to


def stream(argv: Sequence[str], folder: Path, prefix: Callable[[], str]) -> tuple[int, str]:
    """Run a command and show its output, half lines too: a row of dots is seen to grow.

    Args:
        argv: the command.
        folder: where it runs.
        prefix: asked for the text before each line, when the line begins.

    Returns:
        exit status (negative: ended by that signal), and all output.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(argv, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        with process.stdout:
            kept = _pump(process.stdout.fileno(), prefix)
        return process.wait(), kept.decode("utf-8", "replace")
    except BaseException:
        end(process)
        raise


def _pump(source: int, prefix: Callable[[], str]) -> bytes:
    kept, begins = b"", True
    # A character may come in two pieces.
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    while chunk := os.read(source, 4096):
        for line in _lines(decoder.decode(chunk)):
            write((prefix() if begins else "") + legible(line))
            begins = line.endswith("\n")
        sys.stdout.buffer.flush()
        kept += chunk
    return kept


def write(text: str) -> None:
    """Show a text, in whatever character set the terminal has; what that lacks is spelled out."""
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "backslashreplace"))


def _lines(text: str) -> list[str]:
    pieces = text.split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def legible(text: str) -> str:
    r"""What a host says, so that it can be shown: whatever steers a terminal or turns its writing becomes `\xNN`."""
    return "".join(
        char if char in "\n\t" or char.isprintable() or char == "\u3000" else _spelled(char) for char in text
    )


def _spelled(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def end(process: subprocess.Popen[bytes]) -> None:
    """A command interrupted from the keyboard has heard of it and ends by itself; any other is asked to."""
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

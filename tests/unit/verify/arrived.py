"""Messages of the checks as they arrive."""

from __future__ import annotations

from verify.letters import Letter


def letter(number: int = 7, mark: str = "irekae-1") -> str:
    """A message as it arrives: what the checks wrote, below the lines of those who carried it."""
    written = Letter("", f"{mark}-{number:03}x", "out@example.org", "asada@itpass", "asada@itpass")
    return f"Return-Path: <out@example.org>\nReceived: by qmail\n{written.text()}\n"

"""How a command gets to a host over ssh: through whatever shell the operator logs in with, past what that says itself.

sshd hands the line to the login shell. Shells quote differently (csh knows no quoted line end and no `!`), and many
have a start file that greets. So the line is one that all read alike, and what the command says begins at a mark.
"""

from __future__ import annotations

import base64
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wire:
    """One command on its way.

    Attributes:
        words: the command, one argument each.
    """

    words: Sequence[str]
    _mark: str = field(default_factory=lambda: f"irekae-begin-{secrets.token_hex(8)}")

    @property
    def line(self) -> str:
        """What ssh is given: neither line end nor any sign that a login shell could take for its own."""
        script = f"printf '%s\\n' {self._mark}; printf '%s\\n' {self._mark} >&2; exec {shlex.join(self.words)}"
        coded = base64.b64encode(script.encode("utf-8", "surrogateescape")).decode()
        return f"""/bin/sh -c 'eval "$(printf %s {coded} | base64 -d)"'"""

    def without_greeting(self, said: bytes) -> bytes:
        """What the command itself said; all of it where the mark never came, which is the login shell's own word."""
        greeting, mark, rest = said.partition(f"{self._mark}\n".encode())
        return rest if mark else greeting

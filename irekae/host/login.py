"""From a login to the agent: the login shell, sudo and its prompt, the program that is sent unless it is kept there.

Nothing is sent before the far end asks for it: the password only to sudo's own prompt, the program only to Python.
"""

import json
import secrets
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from irekae.host import agent
from irekae.host.conversation import Broken, Conversation, Late
from irekae.model.errors import SwapError
from irekae.site.inventory import HostEntry

START = 60.0  # seconds for login shell, sudo and Python: sudo alone takes 25 where the host's name server is dead
SILENCE = 60  # seconds without a word from the seat, after which the agent takes it for dead
BEAT = 5.0  # seconds between two words of the seat that say nothing but that it lives
# -I: nothing of the environment or the current folder has a say in what root runs; -S: no site packages are looked for.
# What the command line holds may be echoed (`set -v`): the mark is spelled backwards there. A line that is no number is
# dropped, not quoted.
_BOOT = (
    'python3 -IS -c "import sys;i=sys.stdin.buffer;print();print({mark!r}[::-1],flush=True);n=i.readline().strip();'
    "n.isdigit() and exec(compile(i.read(int(n)),'irekae-agent','exec'))\""
)


class Login:
    """How the agent is started on one host.

    Args:
        entry: the host.
        password: what sudo may be told, or None.
        held: where it was looked for, secrets.toml.
        root: as root, by sudo; else as the operator.
    """

    def __init__(self, entry: HostEntry, password: str | None, held: Path, root: bool) -> None:
        """Make up the marks of this login."""
        self.entry = entry
        self.mark = secrets.token_hex(16)
        self._password = password
        self._held = held
        self._root = root
        self._prompt = f"irekae-{secrets.token_hex(16)}"

    def command(self) -> str:
        """The command line for the login shell, whichever that is."""
        boot = _BOOT.format(mark=self.mark[::-1])
        if not self._root:
            return boot
        if self._password is None:
            return f"env LC_ALL=C sudo -n -- {boot}"
        # sudo makes % of %%: what it asks is not what an echo of this line shows, so nobody else gets the password.
        return f"env LC_ALL=C sudo -S -p {shlex.quote(f'{self._prompt}%%:')} -- {boot}"

    def begin(self, talk: Conversation, run: Callable[[str], None], state: str, first: dict[str, Any]) -> bytes:
        """Run the command, answer sudo, have the agent begin, and return its first answer.

        Args:
            talk: on the channel of the command, with this login's mark.
            run: starts the command line on it.
            state: the folder that the host remembers in.
            first: the first request.

        Raises:
            SwapError: no sudo, no Python, a password that is not taken, or something that waits without end.
        """
        deadline = time.monotonic() + START
        try:
            run(self.command())
            self._answer_sudo(talk, deadline)
            begin, source = agent.beginning(), agent.program()
            of_program = {"digest": agent.program_digest(), "size": len(source), "kept": self._root}
            head = json.dumps({"state": state, "mark": self.mark, **of_program}).encode()
            talk.send(b"%d\n" % len(begin) + begin + head + b"\n", deadline)
            wanted = {b"kept": b"", b"send": source}.get(talk.answer(deadline))
            if wanted is None:
                raise Broken("it does not begin as our agent does")
            ours = {"state": state, "mark": self.mark, "silence": SILENCE}
            talk.send(wanted + json.dumps({**first, **ours}).encode() + b"\n", deadline)
            return talk.answer(deadline)
        except Late:
            raise self._waits(talk) from None
        except Broken as error:
            raise self._refused(talk.said() or f"{error}, without a word") from None

    def _answer_sudo(self, talk: Conversation, deadline: float) -> None:
        prompt = f"{self._prompt}%:".encode()
        if not talk.is_asked(prompt, deadline):
            return
        if self._password is not None:
            talk.send(f"{self._password}\n".encode(), deadline)
            if not talk.is_asked(prompt, deadline):
                return
        raise self._refused("sudo does not take the password that secrets.toml has for this host")

    def _legible(self, said: str) -> str:
        """What the far end said, without what must not be shown."""
        for hidden in (self._password, self._prompt):
            said = said.replace(hidden, "…") if hidden else said
        return said.strip()

    def _refused(self, said: str) -> SwapError:
        name, way = self.entry.name, f"[sudo] password in {self._held} (mode 600)"
        if not self._root:
            return SwapError(f"no python3 on {name}", self._legible(said), "python3 3.7 or newer must be there")
        return SwapError(
            f"no root on {name} through sudo",
            self._legible(said),
            f"sudo without a password, or {way}; python3 must be there",
        )

    def _waits(self, talk: Conversation) -> SwapError:
        entry = self.entry
        where = f"{entry.user}@{entry.address}" if entry.user else entry.address
        said = self._legible(talk.said())
        return SwapError(
            f"{entry.name} let us in, but the login does not come to an end: nothing for {START:.0f} s",
            "waited for: the login shell (~/.bashrc, /etc/profile), "
            + ("sudo, then python3" if self._root else "then python3")
            + (f"\nsaid so far: {said}" if said else ""),
            f"`ssh -p {entry.port} {where} {'sudo -n true' if self._root else 'true'}` must end by itself: "
            "see what waits there",
        )

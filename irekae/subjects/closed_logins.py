"""Logins are closed to all but the operators from 1.7 to 8.1 (pam_nologin(8), nologin(5)).

What a user writes on the machine that is being left stays there. The operators are let past pam_nologin by a line of
their own in every file of /etc/pam.d that asks it, and that is proved by a fresh login before it is relied upon.
"""

import re
import secrets
import shlex
from collections.abc import Sequence

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.swap.swap import Swap, login_user

NOLOGIN = "/etc/nologin"
PAM = "/etc/pam.d"
MARK = b"# irekae (1.7)"
PROVE_WITHIN = 90  # seconds: unproved by then, the host itself opens the logins again
_ASKS = re.compile(rb"^\s*-?(auth|account)\s+(?:\[[^\]]*\]|\S+)\s+\S*pam_nologin\.so\b", re.MULTILINE)


def let_past(text: bytes, accounts: Sequence[str]) -> bytes:
    """A file of pam.d(5) in which these accounts skip pam_nologin; all other lines stay."""
    if MARK in text:
        return text
    rule = b" [success=1 default=ignore] pam_succeed_if.so quiet user in %s " + MARK + b"\n"
    names = ":".join(accounts).encode()
    return _ASKS.sub(lambda found: found[1] + rule % names + found[0], text)


def without_exceptions(text: bytes) -> bytes:
    """The file without our lines."""
    return b"".join(line for line in text.splitlines(keepends=True) if MARK not in line)


def close_logins(host: Host, swap: Swap) -> None:
    """Nobody but root and the operators may log in from now on (1.7).

    Raises:
        SwapError: the operator himself would be shut out; nothing is closed then.
    """
    operators = sorted({*swap.site.site.operators, login_user(host.entry)})
    asking = [path for path, text in _services(host) if _ASKS.search(text)]
    if not asking:
        host.warn(
            f"nothing in {PAM} asks pam_nologin: logins stay open; the last look before 6.1 tells what was written"
        )
        return
    for path in asking:
        host.edit(path, lambda text: let_past(text, operators), dated=False)
    message = swap.site.phase1.warning.encode() + b"\n"
    if host.find(NOLOGIN) is None and not host.planned:
        _open_unless_proved(host, swap)
    # It may be there since a call that was ended before it had proved it: the host opens again, nobody being told.
    if host.put(NOLOGIN, message) or not _is_proved(host, swap):
        _prove(host, swap)
        host.say(f"only {', '.join(operators)} and root may log in")


def _services(host: Host) -> list[tuple[str, bytes]]:
    """The files of pam.d(5) with their contents."""
    names = host.names(PAM)
    return list(host.read_all([f"{PAM}/{name}" for name in sorted(names) if names[name]["kind"] == "file"]).items())


def _proof(swap: Swap) -> str:
    return f"{swap.site.site.state}/logins-proved"


def _open_unless_proved(host: Host, swap: Swap) -> None:
    """The host's own way back, should this seat die before it has tried: as long as nobody else has asked since."""
    asked = secrets.token_hex(8)
    host.remember(_proof(swap), asked.encode())
    script = f'sleep {PROVE_WITHIN}; [ "$(cat {shlex.quote(_proof(swap))})" != {asked} ] || rm -f {NOLOGIN}'
    host.link.ask("spawn", argv=["sh", "-c", script], log="/dev/null")


def _is_proved(host: Host, swap: Swap) -> bool:
    """Has a fresh login been tried: the proof is empty then."""
    held = host.find(_proof(swap))
    return held is not None and held.data == b""


def _prove(host: Host, swap: Swap) -> None:
    """Log in once more as the operator; opened again at once if that is refused."""
    if host.planned:
        return
    try:
        swap.want_login(host.link.entry)
    except SwapError as error:
        host.link.ask("remove", path=NOLOGIN)
        raise SwapError(
            f"with {NOLOGIN} the operator himself cannot log in at {host.name}: it is removed again",
            str(error),
            f"look at {PAM} there: a rule of its own may stand before ours",
        ) from None
    host.remember(_proof(swap), b"")


def open_logins(host: Host) -> None:
    """Everybody may log in again (8.1)."""
    opened = host.remove(NOLOGIN)
    for path, text in _services(host):
        if MARK in text:
            opened = host.edit(path, without_exceptions, dated=False) or opened
    if opened:
        host.say("everybody may log in again")

"""Attempts to log in as somebody who must not get in: root, and nobody for fail2ban.

They are made with the seat's keys, but over `outside`, from its further address: fail2ban counts failed attempts, and
the seat must not ban itself. What they leave behind is undone by `bans.forget`.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import os
import secrets as random
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko.agent import AgentSSH

from irekae.model.results import Evidence
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import load_pins, may_answer
from verify.connection import FAR, PYTHON, Connections
from verify.evidence import SEAT, Start, start
from verify.finding import Unreachable
from verify.wire import Wire

Outcome = Literal["accepted", "refused", "not offered", "cut off"]
PATIENCE = 10
"""Seconds for each step; a ban in the middle of a conversation leaves it without an end."""
TURNED_AWAY = 20.0
"""Seconds for which an sshd that hangs up before its version string is asked again: from OpenSSH 9.8 on it turns away
for a while whoever failed before (PerSourcePenalties of sshd_config(5)), and 9.8's check has failed on purpose."""
AGAIN = 1.0
"""Seconds between two of these."""
MOST_KEYS = 3
"""Of the six attempts that sshd's MaxAuthTries allows a connection, one is `none` and one the password."""


@dataclass(frozen=True)
class Attempt:
    """One method tried for one user."""

    method: str
    outcome: Outcome
    detail: str
    evidence: Evidence


@dataclass(frozen=True)
class Door:
    """How an sshd is reached from another computer, at best from a further address of it; without one, from the seat.

    Attributes:
        target: the host whose door it is.
        outside: the host over which it is reached, or None.
        source: the address there.
        relay: the command that stands in for the connection; empty: none.
    """

    target: HostEntry
    outside: HostEntry | None
    source: str = ""
    relay: tuple[str, ...] = ()

    @property
    def seen_from(self) -> str:
        """For the evidence."""
        return f"{self.outside.name} ({self.source})" if self.outside else SEAT


def door(connections: Connections, target: HostEntry, *, closes: bool) -> Door:
    """The way to `target`'s sshd that may be closed, where something `closes` it (fail2ban): a further address."""
    others = connections.inventory.group("outside")
    outside = next((host for host in others if host.third), None if closes else next(iter(others), None))
    if outside is None:
        return Door(target, None)
    source = outside.third or outside.address
    script = base64.b64encode((FAR / "relay.py").read_bytes()).decode()
    # `far/relay.py` has no secrets, so its text may stand on a command line.
    loader = f"import base64;exec(base64.b64decode('{script}'))"
    # A greeting of the login shell's comes before sshd's version string, where a client skips it (RFC 4253 4.2).
    remote = Wire([*PYTHON, loader, source, target.address, str(target.port)]).line
    return Door(target, outside, source, ("ssh", "-F", str(connections.config), outside.name, remote))


@contextlib.contextmanager
def _conversation(way: Door, inventory: Inventory, patience: float = 0.0) -> Iterator[paramiko.Transport]:
    """An ssh connection before login, its host key compared with the pins.

    Args:
        way: to the sshd.
        inventory: with the pins.
        patience: seconds for which who is turned away asks again.

    Raises:
        Unreachable: nobody answers, or a stranger.
    """
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    deadline = time.monotonic() + patience
    with contextlib.ExitStack() as opened:
        while True:
            try:
                transport = opened.enter_context(_greeted(way))
                break
            except (paramiko.SSHException, OSError, EOFError) as error:
                if isinstance(error, OSError) or time.monotonic() > deadline:
                    who = f"ssh of {way.target.name}, asked from {way.seen_from},"
                    raise Unreachable(who, str(error) or "no answer") from None
                time.sleep(AGAIN)
        key = transport.get_remote_server_key()
        machines = may_answer(inventory, load_pins(inventory), way.target)
        if not any(f"{key.get_name()} {key.get_base64()}" in machine.keys for machine in machines):
            raise Unreachable(way.target.name, "its ssh host key is not a pinned one")
        yield transport


@contextlib.contextmanager
def _greeted(way: Door) -> Iterator[paramiko.Transport]:
    """An ssh connection whose other end has shown its host key."""
    with _line(way) as line:
        transport = paramiko.Transport(line)
        try:
            transport.auth_timeout = PATIENCE
            transport.start_client(timeout=PATIENCE)
            # On a timeout start_client returns as if nothing were amiss; asked for its key, it owns up.
            transport.get_remote_server_key()
            yield transport
        finally:
            transport.close()


@contextlib.contextmanager
def _line(way: Door) -> Iterator[socket.socket]:
    """A connection to the door; over the relay, its other end is the relay's standard input and output."""
    if not way.relay:
        with socket.create_connection((way.target.address, way.target.port), 8) as line:
            yield line
        return
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            relay = subprocess.Popen(
                way.relay, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
            )
        try:
            yield ours
        finally:
            relay.kill()
            relay.wait()


def offered_methods(transport: paramiko.Transport, user: str) -> list[str] | None:
    """What sshd offers a user who asks for nothing (RFC 4252 5.2); None: it let him in so.

    Raises:
        Unreachable: it hung up.
    """
    try:
        transport.auth_none(user)
    except paramiko.BadAuthenticationType as refusal:
        return list(refusal.allowed_types)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise Unreachable("sshd", f"it hung up on {user}: {error}") from None
    return None


def knock(way: Door, inventory: Inventory, user: str) -> Attempt:
    """Ask to be let in as `user` without any proof, which counts as a failed attempt if there is no such user."""
    began = start()
    with _conversation(way, inventory) as transport:
        offered = offered_methods(transport, user)
    outcome: Outcome = "accepted" if offered is None else "refused"
    detail = "let in" if offered is None else f"offered {', '.join(offered)}"
    heard = began.heard(f"ssh {user}@{way.target.address} (no proof)", detail, way.seen_from)
    return Attempt("none", outcome, detail, heard)


def attempts(way: Door, inventory: Inventory, user: str, with_password: bool) -> list[Attempt]:
    """Try to log in as `user` with nothing, with the seat's keys and with a password, over one connection if it lasts.

    The password is a random one: that it is refused proves little by itself; see the checks of sshd's configuration.

    Raises:
        Unreachable: sshd doesn't answer there.
    """
    found: list[Attempt] = []
    with _conversation(way, inventory, TURNED_AWAY) as transport, seat_keys(way.target) as keys:
        began = start()
        offered = offered_methods(transport, user)
        found.append(
            _told(way, user, "none", "accepted" if offered is None else "refused", f"offered {offered}", began)
        )
        if offered is None:
            return found
        for key in keys[:MOST_KEYS]:
            found.append(_try(way, transport, user, "publickey", offered, key))
            if found[-1].outcome in ("accepted", "cut off"):
                break
        else:
            if with_password:
                found.append(_try(way, transport, user, "password", offered, None))
            return found
    if with_password:
        # That a key opens the door says nothing of the password; this connection is used up.
        with _conversation(way, inventory, TURNED_AWAY) as transport:
            found.append(_try(way, transport, user, "password", offered, None))
    return found


def _try(
    way: Door, transport: paramiko.Transport, user: str, method: str, offered: Sequence[str], key: paramiko.PKey | None
) -> Attempt:
    began = start()
    outcome: Outcome = "refused"
    if method not in offered:
        return _told(way, user, method, "not offered", f"offered are {', '.join(offered)}", began)
    try:
        if key is not None:
            transport.auth_publickey(user, key)
        else:
            transport.auth_password(user, random.token_urlsafe(12), fallback=False)
        outcome, detail = "accepted", "let in"
    except paramiko.BadAuthenticationType as refusal:
        outcome, detail = "not offered", str(refusal)
    except paramiko.AuthenticationException as refusal:
        detail = str(refusal) or "authentication failed"
    except (paramiko.SSHException, OSError, EOFError) as error:
        outcome, detail = "cut off", str(error) or "the server hung up"
    if key is not None:
        detail = f"key SHA256:{key.fingerprint.removeprefix('SHA256:')}: {detail}"
    return _told(way, user, method, outcome, detail, began)


def _told(way: Door, user: str, method: str, outcome: Outcome, detail: str, began: Start) -> Attempt:
    heard = began.heard(f"ssh {user}@{way.target.address}, method {method}", f"{outcome}: {detail}", way.seen_from)
    return Attempt(method, outcome, detail, heard)


@contextlib.contextmanager
def seat_keys(target: HostEntry) -> Iterator[list[paramiko.PKey]]:
    """The operator's keys that can be used without a passphrase, each once: hosts.ini's, the agent's, those of ~/.ssh.

    One that cannot be read (it has a passphrase, a form that is not known) is passed over: no fault of the host's. The
    agent's prove something only within this.
    """
    named = [Path(target.key_file)] if target.key_file else []
    with _of_agent() as held:
        keys = [*_read(named), *held, *_read(sorted(Path.home().glob(".ssh/id_*")))]
        yield list({key.fingerprint: key for key in keys}.values())


def _read(files: Sequence[Path]) -> Iterator[paramiko.PKey]:
    for file in files:
        if file.suffix != ".pub" and file.is_file():
            # cryptography says TypeError where a passphrase is wanted, and its own where it does not know the form.
            with contextlib.suppress(paramiko.SSHException, OSError, ValueError, TypeError, UnsupportedAlgorithm):
                yield paramiko.PKey.from_path(file)


@contextlib.contextmanager
def _of_agent() -> Iterator[Sequence[paramiko.PKey]]:
    """The keys of the agent, if one answers."""
    agent: Any = AgentSSH()  # its stubs know no way to connect it but by Agent
    # paramiko.Agent() would leave its own socket open wherever nobody, or no agent, answers there.
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        with contextlib.suppress(paramiko.SSHException, OSError, EOFError, ValueError):
            line.connect(os.environ.get("SSH_AUTH_SOCK", ""))
            agent._connect(line)
        yield agent.get_keys()

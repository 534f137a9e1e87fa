"""Fabric, but for reading the command line, stands behind this file: a pinned connection, the agent at its far end."""

import base64
import contextlib
import json
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, Lock, Thread, Timer
from typing import Any

import fabric
import paramiko

from irekae.host import interrupt
from irekae.host.answers import decoded_answer, want_memory, within
from irekae.host.claims import typed
from irekae.host.conversation import Broken, Conversation, Late
from irekae.host.jumping import line_over
from irekae.host.login import BEAT, START, Login
from irekae.host.memory import Copy, Recalling, Request
from irekae.model.errors import Status, SwapError, again
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.jump import proxy_command
from irekae.site.machines import Machine, Pins, fingerprint, journal_path, may_answer
from irekae.site.secret import sudo_password

CONNECT_TIMEOUT = 10  # seconds
LOGIN = 60.0  # seconds for a greeting, and for the login: sshd may ask a dead name server who we are
# What goes wrong is told once, by SwapError; paramiko's own log would tell it again, with tracebacks.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class Lost(SwapError):
    """The connection died: what was asked may or may not have happened."""

    def __init__(self, host: str, detail: str) -> None:
        """Name the host and what the connection said."""
        hint = f"`fab status` shows what the host remembers; then {again()}"
        super().__init__(f"the connection to {host} was lost", detail, hint, Status.INCOMPLETE)


class HostError(SwapError):
    """The host could not do what it was asked; `kind` is an errno name or a word of the agent."""

    def __init__(self, host: str, kind: str, message: str, asked: str) -> None:
        """Name the host, the kind, what it said and what was asked of it."""
        super().__init__(f"{host}: {message}", f"while doing: {asked}", f"see the detail, mend it, then {again()}")
        self.kind = kind


class _Pinned(paramiko.MissingHostKeyPolicy):
    """Accept the pinned keys and nothing else; paramiko asks it for every key, since it knows no hosts itself."""

    def __init__(self, entry: HostEntry, allowed: list[Machine]) -> None:
        self.entry = entry
        self.allowed = allowed
        self.seen: Machine | None = None

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Raise SwapError with both fingerprints unless the key is pinned."""
        text = f"{key.get_name()} {key.get_base64()}"
        self.seen = next((machine for machine in self.allowed if text in machine.keys), None)
        if self.seen is None:
            pinned = [
                f"pinned: {fingerprint(known)} {known.split()[0]} (machine first called {machine.first_name})"
                for machine in self.allowed
                for known in machine.keys
            ]
            raise SwapError(
                f"a stranger answers at {self.entry.name} ({self.entry.address})",
                "\n".join([f"shown:  {fingerprint(text)} {key.get_name()}", *pinned]),
                "find out which machine that is before going on; `fab trust` only when you are sure",
                Status.REFUSED,
            )


class Link(Recalling):
    """One SSH connection to a host and the agent on it.

    Args:
        inventory: where hosts.ini and secrets.toml lie.
        entry: the name that is connected to, at its own address.
        pins: the machines that may answer.
        state: the folder that the host remembers in (`site.state`).
        root: act as root, by sudo; else as the operator, who is then asked for no password.

    Attributes:
        machine: the pinned machine that answered.
        facts: what the host said of itself when the connection began.

    Raises:
        SwapError: unreachable, refused login, unknown host key, no sudo, no Python.
    """

    def __init__(self, inventory: Inventory, entry: HostEntry, pins: Pins, state: str, root: bool = True) -> None:
        """Connect, check the host key, start the agent, ask it who the host is."""
        self.entry = entry
        self._state = state
        self._lock, self._sending, self._over = Lock(), Lock(), Event()
        self._patience: float | None = None
        self._out_of_step = ""
        policy = _Pinned(entry, may_answer(inventory, pins, entry))
        self._connection = _open(entry, policy)
        assert policy.seen is not None  # the policy raises otherwise
        self.machine = policy.seen
        self.copy = Copy(journal_path(inventory, self.machine) if root else None)
        try:
            said = self._start(inventory, root)
            self.told(self._heard("facts", decoded_answer(said), {}))
            want_memory(entry, state, self.facts)
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.close()
            raise _unreachable(entry, error) from None
        except BaseException:
            self.close()
            raise

    def _start(self, inventory: Inventory, root: bool) -> bytes:
        """Log in; what the agent says first: the facts of the host."""
        transport = self._connection.transport
        assert transport is not None
        password = sudo_password(inventory, self.entry, self.machine) if root else None
        login = Login(self.entry, password, inventory.secrets, root)
        channel = transport.open_session(timeout=START)
        self._talk = Conversation(channel, login.mark.encode())

        def run(command: str) -> None:
            # paramiko waits without end for a server that does not say whether it runs the command.
            with _closing(channel, START):
                channel.exec_command(command)

        said = login.begin(self._talk, run, self._state, {"op": "facts", "known": self.copy.known()})
        Thread(target=self._live, daemon=True).start()
        return said

    def _live(self) -> None:
        """Tell the agent now and then that this seat lives: it ends, and its locks with it, when nobody does."""
        with contextlib.suppress(Broken, OSError, EOFError, paramiko.SSHException):
            while not self._over.wait(BEAT):
                with self._sending:
                    self._talk.send(b"\n", time.monotonic() + BEAT)

    def ask(self, op: str, **arguments: Any) -> Any:
        """Let the agent do one operation (`op_…` of irekae/host/agent/) and return its answer.

        Raises:
            HostError: the host could not do it.
            Lost: the connection died.
            KeyboardInterrupt: the operator wants an end; nothing was asked.
        """
        interrupt.heed()
        request = json.dumps({"op": op, **arguments}).encode() + b"\n"
        with self._lock:
            answer = self._exchange(op, request, self._patience or within(op, arguments))
        return self._heard(op, answer, arguments)

    def ask_all(self, requests: Sequence[Request]) -> list[Any]:
        """Let the agent do several operations in one round trip; their answers. Errors as of `ask`.

        Behind one that fails none is carried out.
        """
        if not requests:
            return []
        answers = self.ask("all", requests=[{"op": op, **arguments} for op, arguments in requests])
        return [self._heard(op, answer, given) for (op, given), answer in zip(requests, answers, strict=False)]

    def _heard(self, op: str, answer: dict[str, Any] | None, arguments: dict[str, Any]) -> Any:
        """What an answer holds."""
        if answer is None:
            raise Lost(self.entry.name, f"the answer to {op} is not the agent's")
        if "error" in answer:
            asked = " ".join(
                [op, *(str(value) for key, value in arguments.items() if key in ("path", "argv", "source"))]
            )
            raise HostError(self.entry.name, answer["kind"], answer["error"], asked)
        return typed(self.entry.name, op, answer["ok"])

    def _exchange(self, op: str, request: bytes, seconds: float) -> dict[str, Any]:
        """One request, one answer. One that was not waited for would be taken for the next one's: then no more."""
        if self._out_of_step:
            raise Lost(self.entry.name, self._out_of_step)
        self._out_of_step = f"the answer to {op} did not come"
        deadline = time.monotonic() + seconds
        try:
            with self._sending:
                self._talk.send(request, deadline)
            line = self._talk.answer(deadline)
        except Late as error:
            self._out_of_step = f"no answer to {op} within {seconds:g} s: {error}"
            raise Lost(self.entry.name, self._out_of_step) from None
        except (Broken, OSError, EOFError, paramiko.SSHException) as error:
            self._out_of_step = f"no answer to {op}: {str(error) or type(error).__name__}"
            raise Lost(self.entry.name, self._out_of_step) from None
        answer = decoded_answer(line)
        if answer is None:
            self._out_of_step = f"the answer to {op} is not the agent's"
            raise Lost(self.entry.name, self._out_of_step)
        self._out_of_step = ""
        return answer

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Give the connection up as lost when an answer asked for inside takes longer."""
        self._patience = seconds
        try:
            yield
        finally:
            self._patience = None

    def close(self) -> None:
        """End the agent and the connection."""
        self._over.set()
        self._connection.close()


@contextlib.contextmanager
def _closing(channel: paramiko.Channel, seconds: float) -> Iterator[None]:
    """Close the channel when what is done inside takes longer, which ends it."""
    timer = Timer(seconds, channel.close)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _open(entry: HostEntry, policy: _Pinned) -> fabric.Connection:
    known = sorted({key.split()[0] for machine in policy.allowed for key in machine.keys})
    options: dict[str, Any] = {
        "disabled_algorithms": {"keys": _unpinned(known)},
        "banner_timeout": LOGIN,
        "auth_timeout": LOGIN,
        "channel_timeout": START,
    }
    if entry.key_file:
        options["key_filename"] = entry.key_file
    if way := proxy_command(entry):
        options["sock"] = line_over(way, entry)
    connection = fabric.Connection(
        entry.address,
        user=entry.user or None,
        port=entry.port,
        connect_timeout=CONNECT_TIMEOUT,
        connect_kwargs=options,
        gateway=False,  # the way over a jump host is looked for by OpenSSH itself, under the host's name too
    )
    connection.client.set_missing_host_key_policy(policy)
    try:
        connection.open()
    except SwapError:
        raise
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise (_no_login if policy.seen else _unreachable)(replace(entry, user=connection.user), error) from None
    transport = connection.transport
    assert transport is not None
    if transport.sock.family == socket.AF_INET:  # and no command in its place
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A network that is cut shows as a lost connection after so many milliseconds, not after a quarter of an hour.
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
    transport.set_keepalive(5)
    return connection


def _unpinned(known: list[str]) -> list[str]:
    """Host key algorithms that must not be negotiated, since only other types are pinned."""
    rsa = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]
    every = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", *rsa]
    return [name for name in every if not (name in known or (name in rsa and "ssh-rsa" in known))]


def _unreachable(entry: HostEntry, error: Exception) -> SwapError:
    way = proxy_command(entry)
    hint = f"does `ssh {entry.address}` come through? The way is: {way}" if way else "is it up, and is the network?"
    said = str(error) or type(error).__name__
    return SwapError(f"{entry.name} ({entry.address}:{entry.port}) cannot be reached", said, hint)


def _no_login(entry: HostEntry, error: Exception) -> SwapError:
    """The pinned machine answered, and then it came to no login."""
    where = f"{entry.name} ({entry.address}:{entry.port})"
    if isinstance(error, OSError) and error.filename:
        hint = "correct ansible_ssh_private_key_file in hosts.ini, or the file"
        return SwapError(f"the key for {where} cannot be read", str(error), hint, Status.WRONG_USE)
    if isinstance(error, paramiko.SSHException):
        hint = "check the account (ansible_user, or --user of `fab init`) and the key (with a passphrase: ssh-add)"
        return SwapError(f"{where} refuses the login of {entry.user}", str(error), hint)
    return _unreachable(entry, error)


def encode(data: bytes) -> str:
    """Bytes for a request."""
    return base64.b64encode(data).decode()


def decode(data: str) -> bytes:
    """Bytes of an answer."""
    return base64.b64decode(data)

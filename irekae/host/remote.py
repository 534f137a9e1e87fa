"""The only importer of Fabric but fabfile.py: a pinned connection to a host, and the agent at its far end."""

import base64
import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from threading import Lock
from typing import Any

import fabric
import paramiko

from irekae.host import agent, interrupt
from irekae.model.errors import Status, SwapError
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Machine, Pins, fingerprint, may_answer
from irekae.site.secret import sudo_password

CONNECT_TIMEOUT = 10  # seconds
# What goes wrong is told once, by SwapError; paramiko's own log would tell it again, with tracebacks.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
# -I: nothing of the environment or the current folder has a say in what root runs; -S: no site packages are looked for.
_BOOT = (
    'python3 -IS -c "import sys;n=int(sys.stdin.buffer.readline());'
    "exec(compile(sys.stdin.buffer.read(n),'irekae-agent','exec'))\""
)


class Lost(SwapError):
    """The connection died: what was asked may or may not have happened."""

    def __init__(self, host: str, detail: str) -> None:
        """Name the host and what the connection said."""
        hint = "`fab status` shows what the host remembers; then `fab resume`"
        super().__init__(f"the connection to {host} was lost", detail, hint, Status.INCOMPLETE)


class HostError(SwapError):
    """The host could not do what it was asked; `kind` is an errno name or a word of the agent."""

    def __init__(self, host: str, kind: str, message: str, asked: str) -> None:
        """Name the host, the kind, what it said and what was asked of it."""
        super().__init__(f"{host}: {message}", f"while doing: {asked}", "see the detail, mend it, then `fab resume`")
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


class Link:
    """One SSH connection to a host and the agent on it.

    Args:
        inventory: where hosts.ini and secrets.toml lie.
        entry: the name that is connected to, at its own address.
        pins: the machines that may answer.
        state: the folder that the host remembers in (`site.state`).

    Attributes:
        machine: the pinned machine that answered.
        facts: what the host said of itself when the connection began.

    Raises:
        SwapError: unreachable, refused login, unknown host key, no sudo, no Python.
    """

    def __init__(self, inventory: Inventory, entry: HostEntry, pins: Pins, state: str) -> None:
        """Connect, check the host key, start the agent, ask it who the host is."""
        self.entry = entry
        self._state = state
        self._lock = Lock()
        self._out_of_step = ""
        policy = _Pinned(entry, may_answer(inventory, pins, entry))
        self._connection = _open(entry, policy)
        assert policy.seen is not None  # the policy raises otherwise
        self.machine = policy.seen
        try:
            self._start(inventory)
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.close()
            raise _unreachable(entry, error) from None
        try:
            self.facts: dict[str, Any] = self.ask("facts")
            want_memory(entry, state, self.facts)
        except BaseException:
            self.close()
            raise

    def _start(self, inventory: Inventory) -> None:
        problem = self._launch("sudo -n -- ", b"")
        if "password" in problem and (password := sudo_password(inventory)):
            problem = self._launch("sudo -S -p '' -- ", password.encode() + b"\n")
        if problem:
            self.close()
            raise SwapError(
                f"no root on {self.entry.name} through sudo",
                problem,
                "sudo without a password, or [sudo] password in secrets.toml (mode 600); python3 must be there",
            )

    def _launch(self, sudo: str, secret: bytes) -> str:
        """Start the agent; what stderr said when it did not come up, else ""."""
        transport = self._connection.transport
        assert transport is not None
        self._channel = transport.open_session()
        self._channel.exec_command(sudo + _BOOT)
        source = agent.program()
        with contextlib.suppress(OSError):  # sudo may refuse before it reads: its stderr says why
            self._channel.sendall(secret + b"%d\n" % len(source) + source)
            self._channel.sendall(json.dumps({"op": "stat", "path": "/", "state": self._state}).encode() + b"\n")
        self._reader = self._channel.makefile("rb")
        if self._reader.readline():
            return ""
        said = self._channel.makefile_stderr("rb").read().decode("utf-8", "replace").strip()
        return said or "the agent ended at once"

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
            answer = self._exchange(op, request)
        if "error" in answer:
            asked = " ".join(
                [op, *(str(value) for key, value in arguments.items() if key in ("path", "argv", "source"))]
            )
            raise HostError(self.entry.name, answer["kind"], answer["error"], asked)
        return answer["ok"]

    def _exchange(self, op: str, request: bytes) -> dict[str, Any]:
        """One request, one answer. One that was not waited for would be taken for the next one's: then no more."""
        if self._out_of_step:
            raise Lost(self.entry.name, self._out_of_step)
        self._out_of_step = f"the answer to {op} did not come"
        try:
            self._channel.sendall(request)
            line = self._reader.readline()
            answer: dict[str, Any] = json.loads(line)
        except (OSError, EOFError, paramiko.SSHException) as error:
            self._out_of_step = f"no answer to {op}: {str(error) or type(error).__name__}"
            raise Lost(self.entry.name, self._out_of_step) from None
        except ValueError:
            self._out_of_step = f"no answer to {op}" if not line else f"the answer to {op} is not the agent's"
            raise Lost(self.entry.name, self._out_of_step) from None
        self._out_of_step = ""
        return answer

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Give the connection up as lost when an answer asked for inside takes longer."""
        self._channel.settimeout(seconds)
        try:
            yield
        finally:
            self._channel.settimeout(None)

    def close(self) -> None:
        """End the agent and the connection."""
        with contextlib.suppress(Exception):
            self._channel.close()
        self._connection.close()


def want_memory(entry: HostEntry, state: str, facts: dict[str, Any]) -> None:
    """What the host remembers must be legible before anything is built on it.

    Raises:
        SwapError: run.json is broken, or lacks what belongs there.
    """
    run, path = facts["run"], f"{state}/run.json"
    problem = facts.get("broken_run", "")
    if not problem and run is not None:
        missing = [key for key in ("id", "today", "name_before") if not isinstance(run, dict) or key not in run]
        problem = f"it lacks {', '.join(missing)}" if missing else ""
    if problem:
        hint = "mend it by hand after the other host's (id and today are the same, name_before is not)"
        raise SwapError(f"{path} on {entry.name} cannot be read", problem, hint, Status.REFUSED)


def _open(entry: HostEntry, policy: _Pinned) -> fabric.Connection:
    known = sorted({key.split()[0] for machine in policy.allowed for key in machine.keys})
    options: dict[str, Any] = {"disabled_algorithms": {"keys": _unpinned(known)}}
    if entry.key_file:
        options["key_filename"] = entry.key_file
    connection = fabric.Connection(
        entry.address,
        user=entry.user or None,
        port=entry.port,
        connect_timeout=CONNECT_TIMEOUT,
        connect_kwargs=options,
    )
    connection.client.set_missing_host_key_policy(policy)
    try:
        connection.open()
    except SwapError:
        raise
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise _unreachable(entry, error) from None
    transport = connection.transport
    assert transport is not None
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
    where = f"{entry.name} ({entry.address}:{entry.port})"
    if isinstance(error, paramiko.AuthenticationException):
        return SwapError(
            f"{where} refuses the login",
            str(error),
            "check ansible_user, the key, and that your account is on the host",
        )
    return SwapError(f"{where} cannot be reached", str(error) or type(error).__name__, "is it up, and is the network?")


def encode(data: bytes) -> str:
    """Bytes for a request."""
    return base64.b64encode(data).decode()


def decode(data: str) -> bytes:
    """Bytes of an answer."""
    return base64.b64decode(data)

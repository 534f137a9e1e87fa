"""A real SSH server on loopback for the tests of `irekae.remote`: paramiko's; it runs what it is told in a shell."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL

OPEN_SUCCEEDED = 0

Command = Callable[[str], str]


class Sshd:
    """Listens on loopback.

    Args:
        keys: host keys to show.
        command: what is really run for a command line that is asked for.
        login: is anybody let in.
        at: address and port; 0 for a free one.
        turned_away: how many connections it closes before it says anything, as OpenSSH does by PerSourcePenalties.

    Attributes:
        asked: the command lines.
        transports: the connections, for the test to cut.
        taken: bytes that the commands were given to read.
    """

    def __init__(
        self,
        keys: list[paramiko.PKey],
        command: Command,
        login: bool = True,
        at: tuple[str, int] = ("127.0.0.1", 0),
        turned_away: int = 0,
    ) -> None:
        self.keys, self.command, self.login, self.turned_away = keys, command, login, turned_away
        self.asked: list[str] = []
        self.taken = 0
        self.transports: list[paramiko.Transport] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.threads: list[threading.Thread] = []
        self.listening = socket.create_server(at)
        self.port: int = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            if self.turned_away:
                self.turned_away -= 1
                line.close()
                continue
            transport = paramiko.Transport(line)
            for key in self.keys:
                transport.add_server_key(key)
            self.transports.append(transport)
            with contextlib.suppress(paramiko.SSHException, EOFError):
                transport.start_server(event=threading.Event(), server=_Session(self))

    def run(self, channel: paramiko.Channel, line: str) -> None:
        """A command with its three streams."""
        process = subprocess.Popen(
            ["sh", "-c", self.command(line)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.processes.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None

        def received(size: int) -> bytes:
            data: bytes = channel.recv(size)
            self.taken += len(data)
            return data

        inward = threading.Thread(target=_copy, args=(received, process.stdin.write, process.stdin), daemon=True)
        errors = threading.Thread(target=_copy, args=(process.stderr.read1, channel.sendall_stderr), daemon=True)  # type: ignore[attr-defined]
        inward.start()
        errors.start()
        _copy(process.stdout.read1, channel.sendall)  # type: ignore[attr-defined]
        errors.join()
        with contextlib.suppress(OSError, EOFError):
            channel.send_exit_status(process.wait() & 0xFF)
        channel.close()

    def cut(self) -> None:
        """Every connection is gone at once."""
        for transport in self.transports:
            transport.close()

    def close(self) -> None:
        """End it."""
        self.listening.close()
        self.cut()
        for process in self.processes:
            process.kill()
        for thread in self.threads:
            thread.join(30)
        for process in self.processes:
            for stream in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(OSError):
                    assert stream is not None
                    stream.close()


def _copy(read: Callable[[int], bytes], write: Callable[[bytes], Any], end: Any = None) -> None:
    with contextlib.suppress(OSError, EOFError, ValueError):
        while data := read(65536):
            write(data)
            if end is not None:
                end.flush()
    if end is not None:
        with contextlib.suppress(OSError):
            end.close()


class _Session(paramiko.ServerInterface):
    def __init__(self, sshd: Sshd) -> None:
        self.sshd = sshd

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return AUTH_SUCCESSFUL if self.sshd.login else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        line = command.decode()
        self.sshd.asked.append(line)
        self.sshd.threads.append(threading.Thread(target=self.sshd.run, args=(channel, line), daemon=True))
        self.sshd.threads[-1].start()
        return True


def ed25519_key(path: Path) -> paramiko.PKey:
    """A key pair, as ssh-keygen writes it."""
    private = ed25519.Ed25519PrivateKey.generate()
    encoding, form, none = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    path.write_bytes(private.private_bytes(encoding, form, none))
    path.chmod(0o600)
    return paramiko.Ed25519Key(filename=str(path))


def text_of(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"

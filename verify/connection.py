"""One ssh connection per host and run, to known machines only; testinfra hosts are built upon it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host

from irekae.model.results import Evidence
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import fingerprint, known_hosts_text, load_pins
from verify.credentials import Credentials
from verify.evidence import start
from verify.far_command import OUTPUT, Done, Refused, Sudo, TooLate, TooMuch, grown, run
from verify.finding import NoRights, Silent, Unreachable
from verify.ssh_config import CONNECT_TIMEOUT, ssh_config
from verify.wire import Wire

FAR = Path(__file__).with_name("far")
LOGIN_TIMEOUT = 60  # sshd may ask a dead name server who we are
COMMAND_TIMEOUT = 60
_SHOWN = re.compile(rb"^debug1: Server host key: \S+ (SHA256:\S+)", re.MULTILINE)

# What runs at the far end comes through standard input, and so does its request: nothing of them is in `ps`. First the
# names of the modules, each then with its length; the last one is the script. -I: nothing that lies in the home, or in
# the folder that sudo happens to start in, may be taken for a module.
PYTHON = ("python3", "-I", "-c")
_LOADER = """\
import json, sys, types
i = sys.stdin.buffer
for n in ("verify", "verify.far"):
    sys.modules[n] = types.ModuleType(n)
for n in i.readline().decode().split():
    m = sys.modules[n] = types.ModuleType(n)
    exec(compile(i.read(int(i.readline())), n, "exec"), m.__dict__)
json.dump(m.main(json.load(i)), sys.stdout)
"""
ASKED = {
    "access": "fetching mail over TLS",
    "ask": "reading its state",
    "booted": "looking at what it boots",
    "calls": "calling ports",
    "data_trees": "looking through the data trees",
    "databases": "asking the databases",
    "disk": "looking at what lies on its disks",
    "homes": "looking through the homes",
    "logs": "reading logs",
    "mail_tables": "reading the mail system's tables",
    "maildirs": "looking through the mailboxes",
    "pop": "fetching mail by POP",
    "public": "asking pages and name servers",
    "schedules": "looking for what runs backups",
    "smtp": "sending mail by SMTP",
    "submit": "submitting mail",
    "tls": "looking at certificates",
    "turn": "waiting for its turn",
    "user_logins": "looking at the users' accounts",
    "users_file": "reading a user's file",
}
"""What each script does, in words for whoever waits for it."""
_NEEDED = re.compile(r"^from verify\.far\.(\w+) import ", re.MULTILINE)


def sent(script: str, request: dict[str, Any]) -> bytes:
    """What the loader reads: the modules that far/`script`.py stands on, itself, and its request."""
    texts = needed_by(script)
    names = " ".join(f"verify.far.{name}" for name in texts)
    parts = [b"%d\n%s" % (len(text.encode()), text.encode()) for text in texts.values()]
    return b"".join([f"{names}\n".encode(), *parts, json.dumps(request).encode()])


def needed_by(script: str) -> dict[str, str]:
    """The text of far/`script`.py, behind those of all that it stands on."""
    text = (FAR / f"{script}.py").read_text(encoding="utf-8")
    below: dict[str, str] = {}
    for needed in _NEEDED.findall(text):
        below.update({name: inner for name, inner in needed_by(needed).items() if name not in below})
    return {**below, script: text}


class FarError(RuntimeError):
    """A script did not do on the host what it does elsewhere: the check is broken, or the host's Python is."""


class Connections:
    """The ssh connections of a run, closed at its end."""

    def __init__(self, inventory: Inventory, credentials: Credentials) -> None:
        """Write the configuration of the run; nothing is opened yet."""
        self.inventory = inventory
        self.credentials = credentials
        # /tmp and not TMPDIR: a control socket's path may have 108 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="irekae-", dir="/tmp"))
        self._backends: dict[str, PinnedSsh] = {}
        self._lock = threading.Lock()
        self._pins = load_pins(inventory)
        (self.folder / "known_hosts").write_text(known_hosts_text(inventory, self._pins))
        self.config.write_text(ssh_config(inventory, self.folder))

    @property
    def config(self) -> Path:
        """The ssh_config of this run."""
        return self.folder / "ssh_config"

    def to(self, entry: HostEntry) -> PinnedSsh:
        """The connection to a host; it is opened by the first command."""
        with self._lock:
            if entry.name not in self._backends:
                self._backends[entry.name] = PinnedSsh(entry, self.config, partial(self._password, entry))
            return self._backends[entry.name]

    def _password(self, entry: HostEntry, shown: str) -> str:
        """What sudo may be told on the machine that showed a host key of this fingerprint; "" is nothing."""
        of_pair = entry.name in (known.name for known in self.inventory.pair)
        machines = [found for found in self._pins.machines if shown in map(fingerprint, found.keys)]
        first_name = machines[0].first_name if machines else ""
        return self.credentials.sudo_on(entry.name, first_name, of_pair)

    def close(self) -> None:
        """End the masters and remove what was written at the seat."""
        for name, backend in self._backends.items():
            if backend.opened:
                command = ["ssh", "-F", str(self.config), "-O", "exit", name]
                subprocess.run(command, capture_output=True, timeout=CONNECT_TIMEOUT, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class PinnedSsh(BaseBackend):  # type: ignore[misc]  # testinfra has no types
    """testinfra's way to a host, with our host keys, one connection, and a sudo that may ask for a password."""

    NAME = "pinned-ssh"
    # Asked for otherwise by a command of its own.
    encoding = "utf-8"

    def __init__(self, entry: HostEntry, config: Path, password: Callable[[str], str]) -> None:
        """Nothing is opened before the first command; password: by the fingerprint of the host key that is shown."""
        super().__init__(entry.name)
        self.entry = entry
        self.opened = False
        self.said: list[Evidence] = []
        self._config = config
        self._password = password
        self._shown = ""
        self._asks_password: bool | None = None
        self._refusal: Unreachable | None = None
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self.host = Host(self)
        self.set_host(self.host)

    def run(self, command: str, *args: str, **kwargs: Any) -> CommandResult:
        """Testinfra's entry: a shell command, as root, in the C locale; kept as evidence in `said`."""
        command = self.quote(command, *args)
        began = start()
        done = self.call(["env", "LC_ALL=C", "/bin/sh", "-c", command], become="root")
        said = (done.out + done.err).decode("utf-8", "replace")
        self.said.append(began.heard(command, f"{said}[status {done.status}]", f"on {self.entry.name}"))
        return self.result(done.status, self.encode(command), done.out, done.err)

    def call(
        self,
        words: Sequence[str],
        stdin: bytes = b"",
        become: str | None = None,
        timeout: float = COMMAND_TIMEOUT,
    ) -> Done:
        """Run a command on the host.

        Args:
            words: the command, one argument each; nothing in them is read by a shell.
            stdin: what it reads.
            become: whose rights it needs, by sudo; None: the operator's.
            timeout: seconds.

        Raises:
            Unreachable: no connection (said again at once to whoever asks later), or no sudo.
        """
        sudo = self._sudo(become) if become else None
        try:
            done = self._ssh(sudo.words(words) if sudo else words, stdin, timeout, sudo)
        except Refused:
            raise NoRights(self.entry.name, str(become), "sudo does not take the password of secrets.toml") from None
        # Whether the command was begun, and not what stands first: sudo also warns, and goes on.
        if sudo and not done.begun:
            said = done.err.decode(errors="replace").strip().splitlines()
            raise NoRights(self.entry.name, sudo.user, said[-1] if said else f"sudo ended with status {done.status}")
        return done

    def far(
        self, script: str, request: dict[str, Any], become: str | None = None, timeout: float = COMMAND_TIMEOUT
    ) -> dict[str, Any]:
        """Run far/`script`.py on the host with `request`, and return its answer.

        timeout: seconds, and as many more as the lists of the request have things in them (`far_command.grown`).

        Raises:
            Unreachable: no connection, or no answer in time.
            FarError: the script failed.
        """
        things = sum(len(value) for value in request.values() if isinstance(value, list))
        timeout = grown(timeout, things)
        try:
            done = self.call([*PYTHON, _LOADER], sent(script, request), become, timeout)
        except Silent:
            raise Silent(self.entry.name, ASKED[script], timeout) from None
        if done.status != 0:
            last = done.err.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise FarError(f"far/{script}.py ended with status {done.status} on {self.entry.name}: {last[0]}")
        answer: dict[str, Any] = json.loads(done.out)
        return answer

    def _sudo(self, user: str) -> Sudo:
        """The sudo that asks for the password that we have, or one that asks nothing."""
        self._open()
        password = self._password(self._shown)
        with self._lock:
            if password and self._asks_password is None:
                self._asks_password = self._ssh(["sudo", "-k", "-n", "true"], b"", COMMAND_TIMEOUT).status != 0
        return Sudo(user, password if self._asks_password else "")

    def _ssh(self, words: Sequence[str], stdin: bytes, timeout: float, sudo: Sudo | None = None) -> Done:
        self._open()
        wire = Wire(words)
        command = ["ssh", "-F", str(self._config), self.entry.name, wire.line]
        try:
            ended = run(command, stdin, timeout, sudo)
        except TooLate:
            raise Silent(self.entry.name, _command_of(words), timeout) from None
        except TooMuch:
            raise FarError(f"{self.entry.name}: {words[0]} says more than {OUTPUT >> 20} MiB") from None
        # 255 is ssh's own status, but a command may end with it too (rsync does): then the connection still stands.
        if ended.status == 255 and not self._stands():
            raise self._unreachable(ended.err)
        out, err = wire.without_greeting(ended.out), wire.without_greeting(ended.err)
        return Done(ended.status, out, err, ended.begun)

    def _stands(self) -> bool:
        """Whether the shared connection still carries a command."""
        command = ["ssh", "-F", str(self._config), self.entry.name, "true"]
        try:
            return run(command, b"", COMMAND_TIMEOUT).status == 0
        except (TooLate, TooMuch):
            return False

    def _open(self) -> None:
        """Open the connection that later commands share."""
        with self._opening:
            if self._refusal:
                raise self._refusal.with_traceback(None)
            if self.opened:
                return
            # -f -N: the master goes to the background once it stands, holding none of our pipes. -v: which key it saw.
            command = ["ssh", "-v", "-F", str(self._config), "-f", "-N", "-M", self.entry.name]
            log = self._config.parent / f"{self.entry.name}.log"
            nothing = subprocess.DEVNULL
            try:
                with log.open("wb") as stderr:
                    options: dict[str, Any] = {"stdin": nothing, "stdout": nothing, "stderr": stderr}
                    status = subprocess.run(command, **options, timeout=LOGIN_TIMEOUT, check=False).returncode
            except subprocess.TimeoutExpired:
                status = -1
            said = log.read_bytes()
            if status != 0:
                late = f"\nno login within {LOGIN_TIMEOUT} s".encode() if status < 0 else b""
                self._refusal = self._unreachable(said + late)
                raise self._refusal
            shown = _SHOWN.search(said)
            self._shown = shown[1].decode() if shown else ""
            self.opened = True

    def _unreachable(self, stderr: bytes) -> Unreachable:
        lines = stderr.decode(errors="replace").splitlines()
        said = [line for line in lines if line.strip(" @") and not line.startswith(("debug1: ", "OpenSSH_"))]
        return Unreachable(f"{self.entry.name} ({self.entry.address})", " / ".join(said[-2:]) or "ssh said nothing")


def _command_of(words: Sequence[str]) -> str:
    """The program that a command line is about, without the sudo and the shell before it."""
    behind = list(words)[list(words).index("sh") + 1 :] if words[0] == "sudo" else list(words)
    return behind[0] if behind else words[0]

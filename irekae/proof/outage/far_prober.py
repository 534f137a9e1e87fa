"""The prober: asks production's services several times a second, and writes down when an answer stops and comes back.

Runs detached on the computer outside, as `python3 far_prober.py FOLDER`; standard library only, Python 3.7 or newer.
FOLDER holds targets.json (written by the seat); log.jsonl is made there. Every line carries `t`, seconds of this boot's
monotonic clock, which nobody can set. Lines: `begin`, `state` (a first answer, or a change), `alive`, `end`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import random
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Target = dict[str, Any]

TIMEOUT = 1.0  # seconds for one question, from its first packet to the end of the answer
ALIVE = 10.0  # seconds between two signs of life
MOST_LOG = 4 << 20  # bytes; a log that is full ends the prober
MOST_PAGE = 64 << 10  # bytes of a page that are looked at
# From OpenSSH 9.8 on, sshd holds it against an address that it closes connections without logging in
# (PerSourcePenalties, one second each): asked less often than that, nothing adds up.
WARY_SSH = (9, 8)
WARY_GAP = 2.0  # seconds


class Gone(Exception):
    """No answer, or a wrong one; `silent`: nothing at all came back, which one lost packet can do as well."""

    def __init__(self, why: str, silent: bool = False) -> None:
        """Why, in a few words."""
        super().__init__(why)
        self.silent = silent


class Line:
    """A TCP connection to a target on which everything together takes TIMEOUT at most."""

    def __init__(self, target: Target) -> None:
        """Connect."""
        self.deadline = time.monotonic() + TIMEOUT
        self.socket = socket.create_connection((target["address"], target["port"]), TIMEOUT)

    def __enter__(self) -> Line:
        """Nothing to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.socket.close()

    def encrypt(self, name: str) -> None:
        """TLS, whatever the certificate says: that the right one is shown is the acceptance suite's to prove."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._mind_the_time()
        self.socket = context.wrap_socket(self.socket, server_hostname=name)

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self._mind_the_time()
        self.socket.sendall(data)

    def receive(self) -> bytes:
        """What comes next; empty at the end."""
        self._mind_the_time()
        return self.socket.recv(4096)

    def _mind_the_time(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("too slow")  # noqa: UP041  (another class before 3.10)
        self.socket.settimeout(left)


def ask_page(target: Target) -> None:
    """Is the page there (http, https): a good status and the words that must stand in it."""
    wanted, seen = target["contains"].encode(), b""
    with Line(target) as line:
        if target["kind"] == "https":
            line.encrypt(target["host"])
        line.send(f"GET {target['path']} HTTP/1.0\r\nHost: {target['host']}\r\n\r\n".encode())
        while len(seen) < MOST_PAGE:
            some = line.receive()
            seen += some
            if not some or (b"\r\n\r\n" in seen and wanted in seen.partition(b"\r\n\r\n")[2]):
                break
    status = re.match(rb"HTTP/1\.[01] ([0-9]{3})", seen)
    if not status:
        raise Gone("closed without an answer" if not seen else "not HTTP")
    if status.group(1)[:1] not in b"23":
        raise Gone(f"status {status.group(1).decode()}")
    if status.group(1)[:1] == b"2" and wanted not in seen.partition(b"\r\n\r\n")[2]:
        raise Gone("another page")


def ask_banner(target: Target) -> None:
    """Does the service greet as it must (smtp, pop, ssh)."""
    seen = b""
    with Line(target) as line:
        while b"\n" not in seen and len(seen) < 1024:
            some = line.receive()
            if not some:
                break
            seen += some
        if not seen.startswith(target["greeting"].encode()):
            raise Gone(f"greets with {seen[:60]!r}" if seen else "closed without a greeting")
        if target["bye"]:
            line.send(target["bye"].encode() + b"\r\n")
    if is_wary(seen):
        target["gap"] = max(target["gap"], WARY_GAP)


def is_wary(greeting: bytes) -> bool:
    """Does this greeting come from an sshd that punishes being asked too often."""
    version = re.match(rb"SSH-2\.0-OpenSSH_([0-9]+)\.([0-9]+)", greeting)
    return version is not None and (int(version.group(1)), int(version.group(2))) >= WARY_SSH


def ask_dns(target: Target) -> None:
    """Does the name server answer for the name (RFC 1035, over UDP, no recursion wanted)."""
    number = random.randrange(1 << 16)
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as line:
        line.settimeout(TIMEOUT)
        line.connect((target["address"], target["port"]))
        line.send(question(number, target["name"], target["type"]))
        read_answer(number, line.recv(4096))


def question(number: int, name: str, kind: int) -> bytes:
    """A DNS message that asks for records of a type number."""
    labels = b"".join(bytes([len(label)]) + label for label in name.rstrip(".").encode("ascii").split(b"."))
    return struct.pack("!6H", number, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def read_answer(number: int, message: bytes) -> None:
    """Raise Gone unless the message answers question `number` with authority and at least one record."""
    if len(message) < 12:
        raise Gone("answer cut short")
    back, flags, _, answers = struct.unpack("!4H", message[:8])
    if back != number or not flags & 0x8000:
        raise Gone("not an answer to the question")
    if flags & 0xF:
        raise Gone(f"rcode {flags & 0xF}")
    if not answers or not flags & 0x0400:
        raise Gone("no record" if not answers else "without authority")


ASK = {"http": ask_page, "https": ask_page, "dns": ask_dns, "smtp": ask_banner, "pop": ask_banner, "ssh": ask_banner}


def look(target: Target) -> None:
    """Ask a target once. Raises Gone unless it answers as it must."""
    try:
        ASK[target["kind"]](target)
    except socket.timeout:  # noqa: UP041
        raise Gone(f"no answer within {TIMEOUT:g} s", silent=True) from None
    except OSError as error:
        raise Gone(error.strerror or str(error) or type(error).__name__) from None


class Log:
    """The log; whole lines only, never more than MOST_LOG bytes. `done` is set when there is no room."""

    def __init__(self, path: Path) -> None:
        """Open it, and be the only one who writes to it.

        Raises:
            BlockingIOError: another prober does.
        """
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.full = False

    def write(self, event: str, at: float, **more: Any) -> None:
        """Add a line; at: seconds of the monotonic clock."""
        line = json.dumps(dict({"event": event, "t": round(at, 3)}, **more)).encode() + b"\n"
        with self.lock:
            if event != "end" and os.fstat(self.fd).st_size + len(line) > MOST_LOG:
                self.full = True
                self.done.set()
            else:
                os.write(self.fd, line)


class Watch:
    """One service being watched: `step` asks once and notes a change of state."""

    def __init__(self, target: Target, log: Log) -> None:
        """Nothing is known yet."""
        self.target = target
        self.log = log
        self.up: bool | None = None
        self.missed = 0.0  # when the question was asked that alone got no answer, 0.0 for none

    def step(self) -> None:
        """Ask. Silence counts once the next question gets no answer either: a lost packet is not an outage."""
        began = time.monotonic()
        try:
            look(self.target)
        except Gone as gone:
            if gone.silent and not self.missed and self.up is not False:
                self.missed = began
                return
            self.change(False, self.missed or began, str(gone))
        else:
            self.change(True, began, "")
        self.missed = 0.0

    def change(self, up: bool, at: float, why: str) -> None:
        """Note a state if it is another one."""
        if up is not self.up:
            self.up = up
            self.log.write("state", at, service=self.target["service"], up=up, why=why)

    def run(self) -> None:
        """Ask until the log is done, every `gap` seconds as far as the answers allow."""
        while not self.log.done.is_set():
            began = time.monotonic()
            self.step()
            self.log.done.wait(max(0.0, began + self.target["gap"] - time.monotonic()))


def has_way(address: str) -> bool:
    """Can this computer ask there at all: one without IPv6 sees no outage of what is served over it."""
    with contextlib.suppress(OSError), contextlib.closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as line:
        return line.connect_ex((address, 9)) == 0
    return ":" not in address


def become_nobody() -> None:
    """Where the operator logs in as root: give root away, nothing here needs it."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.initgroups("nobody", nobody.pw_gid)
        os.setresgid(*[nobody.pw_gid] * 3)
        os.setresuid(*[nobody.pw_uid] * 3)


def boot_id() -> str:
    """Which boot the monotonic clock belongs to."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def main(folder: Path) -> int:
    """Watch until the time is over, the log is full, or somebody asks to stop."""
    config = json.loads((folder / "targets.json").read_text(encoding="utf-8"))
    os.umask(0o022)  # other operators read the log as well
    try:
        log = Log(folder / "log.jsonl")
    except BlockingIOError:
        print("another prober runs here already")
        return 1
    become_nobody()
    asked = (signal.SIGTERM, signal.SIGINT)
    # Waited for, not handled: a handler that runs inside a lock's own code would wait for itself.
    signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    began = time.monotonic()
    log.write("begin", began, wall=time.time(), boot_id=boot_id(), run=config["run"], seconds=config["seconds"])
    watches = [
        threading.Thread(target=Watch(target, log).run) for target in config["targets"] if has_way(target["address"])
    ]
    for watch in watches:
        watch.start()
    why = ""
    while not why:
        left = began + config["seconds"] - time.monotonic()
        if signal.sigtimedwait(asked, max(0.0, min(ALIVE, left))):
            why = "asked to"
        elif log.full:
            why = "the log is full"
        elif left <= 0:
            why = "time is over"
        else:
            log.write("alive", time.monotonic())
    log.done.set()
    for watch in watches:
        watch.join()
    log.write("end", time.monotonic(), why=why)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

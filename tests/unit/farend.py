"""A host for the tests of the seat: the real agent, in a process of its own, below a folder instead of /.

Paths are put below that folder on the way out and taken from it on the way back. Commands are not run: the test says
what each would answer. Stands in for `irekae.remote.Link`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from irekae.host import agent, interrupt
from irekae.host.claims import typed
from irekae.host.memory import Copy, Recalling, Request
from irekae.host.remote import HostError, Lost
from irekae.site.inventory import HostEntry
from irekae.site.machines import Machine

STATE = "/var/lib/irekae"
ONE = ("path", "source", "target", "folder", "log", "home", "queue", "control")
MANY = ("paths", "trees", "skip", "boxes")
Answers = Callable[[Sequence[str], bytes], "tuple[int, str]"]


def silent(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
    """Every command succeeds and says nothing."""
    return 0, ""


class Agent:
    """The program that is sent to hosts, run here; one that is given back is used again."""

    idle: ClassVar[list[Agent]] = []

    def __init__(self) -> None:
        boot = "import sys;n=int(sys.stdin.buffer.readline());exec(sys.stdin.buffer.read(n))"
        argv = [sys.executable, "-IS", "-c", boot]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.locked: set[str] = set()
        source = agent.program()
        assert self.process.stdin is not None
        self.process.stdin.write(b"%d\n" % len(source) + source)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """One request, one answer."""
        if request["op"] == "lock":
            self.locked.add(request["name"])
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    @classmethod
    def take(cls) -> Agent:
        """One that holds no lock."""
        return cls.idle.pop() if cls.idle else cls()

    def give_back(self) -> None:
        """Its locks are free again, as when its connection ends."""
        for name in self.locked:
            self.ask({"op": "unlock", "name": name})
        self.locked.clear()
        self.idle.append(self)

    def end(self) -> None:
        """Really end it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class FarEnd(Recalling):
    """What `Link` is to the code under test.

    Attributes:
        root: the folder that is / for this host.
        commands: answers commands with exit status and output.
        ran: the commands in their order, those of daemons too.
        fails: called with each operation and its arguments before it is asked; may raise.
        boot: the boot links.
        table: the process table.
    """

    def __init__(self, entry: HostEntry, machine: Machine, root: Path) -> None:
        self.entry, self.machine, self.root = entry, machine, root
        self.agent = Agent.take()
        self.lock = Lock()
        self.closed = False
        self.commands: Answers = silent
        self.fails: Callable[[str, Mapping[str, Any]], None] = lambda op, arguments: None
        self.ran: list[list[str]] = []
        self.asked: list[str] = []
        self.boot: dict[str, str] = {}
        self.table: list[dict[str, Any]] = []
        self.systemd = False
        self.copy = Copy()
        self.recall()

    def ask(self, op: str, **arguments: Any) -> Any:
        """As `Link.ask`."""
        interrupt.heed()
        self.asked.append(op)
        self.fails(op, arguments)
        stand_in = getattr(self, f"_{op}", None)
        if stand_in:
            return stand_in(**arguments)
        request = {"op": op, "state": f"{self.root}{STATE}", **self._down(op, arguments)}
        with self.lock:
            answer = self.agent.ask(request)
        if "error" in answer:
            raise HostError(self.entry.name, answer["kind"], answer["error"].replace(str(self.root), ""), op)
        return self._up(op, typed(self.entry.name, op, answer["ok"]), arguments.get("path", ""))

    def ask_all(self, requests: Sequence[Request]) -> list[Any]:
        """As `Link.ask_all`."""
        return [self.ask(op, **arguments) for op, arguments in requests]

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """As `Link.patience`; what is asked here never takes long."""
        yield

    def lose(self) -> None:
        """Every operation from now on finds the connection dead."""

        def dead(op: str, arguments: Mapping[str, Any]) -> None:
            raise Lost(self.entry.name, "cut by the test")

        self.fails = dead

    def close(self) -> None:
        """The connection ends."""
        if not self.closed:
            self.closed = True
            self.agent.give_back()

    def path(self, path: str) -> Path:
        """Where a path of the host lies for the test."""
        return Path(f"{self.root}{path}")

    def put(self, path: str, data: bytes | str, mode: int = 0o644) -> Path:
        """Make a file on the host."""
        found = self.path(path)
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_bytes(data if isinstance(data, bytes) else data.encode())
        found.chmod(mode)
        return found

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file outside our own memory: path → mode and contents."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = "/" + str(path.relative_to(self.root))
            if path.is_file() and not name.startswith(STATE):
                found[name] = (path.stat().st_mode & 0o7777, path.read_bytes())
        return found

    def _down(self, op: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(arguments)
        for key in ONE:
            if key in found:
                found[key] = f"{self.root}{found[key]}"
        # Of a digest `skip` is rules below its path, elsewhere it is paths.
        for key in MANY if op != "digests" and found.get("of") != "listed" else ():
            if key in found:
                found[key] = [f"{self.root}{path}" for path in found[key]]
        if "wrote" in found:
            found["wrote"] = {f"{self.root}{path}": texts for path, texts in found["wrote"].items()}
        return found

    def _up(self, op: str, answer: Any, path: str = "") -> Any:
        if op in ("checkpoint", "change"):
            answer["kept"] = {path.removeprefix(str(self.root)): state for path, state in answer["kept"].items()}
        if op == "mail_spools":
            answer = [path.removeprefix(str(self.root)) for path in answer]
        if op == "grep":
            answer = [{**found, **self._own(found["path"])} for found in answer]
        if op in ("stat", "read") and answer:
            answer["public"] = self._own(str(self.path(path)))["public"]
        if op == "facts":
            answer = {**answer, "systemd": self.systemd, "machine_id": f"id-{self.machine.first_name}"}
        return answer

    def _own(self, path: str) -> dict[str, Any]:
        """A path as the host calls it, and whether everybody may read it: what is above / belongs to the test."""
        own = path.removeprefix(str(self.root)) or "/"
        above = [self.path(str(folder)) for folder in Path(own).parents]
        wanted = 0o001 if self.path(own).is_dir() else 0o004
        modes = [(self.path(own), wanted), *((folder, 0o001) for folder in above)]
        return {"path": own, "public": all(place.stat().st_mode & bit for place, bit in modes)}

    # --- what is not done here ---

    def _change(self, entry: Mapping[str, Any], **arguments: Any) -> dict[str, Any]:
        """As the agent's own, with paths of the host in the journal."""
        kept: dict[str, Any] = self.ask("checkpoint", **arguments)
        self.ask("append", entry={**entry, "n": kept["n"], "undo": {**entry["undo"], "kept": kept["kept"]}})
        return kept

    def _run(
        self, argv: Sequence[str], stdin: str | None = None, timeout: float = 0, into: str | None = None
    ) -> dict[str, Any]:
        self.ran.append(list(argv))
        status, said = self.commands(argv, base64.b64decode(stdin or ""))
        if into:
            self.put(into, said, 0o600)
            said = ""
        return {"status": status, "out": base64.b64encode(said.encode()).decode(), "err": ""}

    def _daemon_run(self, argv: Sequence[str], timeout: float = 0) -> dict[str, Any]:
        return self._run(argv)

    def _family(self, name: str, peers: bool = True) -> list[dict[str, Any]]:
        """One process, a new one after each command that starts something."""
        starts = sum("start" in argv or argv[0] == "env" for argv in self.ran)
        named = {"pid": 100 + starts, "parent": 1, "uid": 0, "name": name[:15], "start": starts}
        return [{**named, "age": 1, "peers": [], "turns": 1, "sleeps": True}]

    def _links(self) -> dict[str, str]:
        return dict(self.boot)

    def _set_links(self, links: Mapping[str, str]) -> None:
        self.boot = dict(links)

    def _processes(self) -> list[dict[str, Any]]:
        return list(self.table)

    # Never asked of the machine that the tests run on.
    def _busy_users(self, low: int, high: int, stay: Sequence[str]) -> list[int]:
        return sorted({one["uid"] for one in self.table if low <= one["uid"] <= high and one["owner"] not in stay})

    def _end_users(self, low: int, high: int, stay: Sequence[str], timeout: float) -> list[int]:
        return []

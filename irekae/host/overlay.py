"""What the verbs stand on: the host itself, or the plan, in which writes stay in memory and later reads see them."""

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from irekae.host.memory import Asked, Request
from irekae.host.remote import Link, decode, encode


@dataclass(frozen=True)
class File:
    """A regular file: contents, and its state as the agent reports it (mode, uid, gid, owner, group, mtime in ns).

    Its `public` says whether everybody on the host may read it, by its mode and by those of the folders above.
    """

    data: bytes
    state: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What a command returned."""

    status: int
    out: bytes
    err: bytes = b""

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8", "surrogateescape")


class Ground(Protocol):
    """Reads are real in both kinds; changes are real in one and remembered in the other."""

    planned: bool

    def stat(self, path: str) -> dict[str, Any] | None:
        """State of what lies at path."""

    def stat_all(self, paths: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """State of what lies at each path."""

    def read(self, path: str) -> File | None:
        """A file, or None."""

    def read_all(self, paths: Sequence[str]) -> dict[str, File | None]:
        """Files, or None, by path."""

    def write(self, path: str, data: bytes, state: dict[str, Any], expect: str | None) -> None:
        """Put a file in place in one step."""

    def change(self, op: str, **arguments: Any) -> Any:
        """Any other operation of the agent that changes something."""

    def act_all(self, requests: Sequence[Request]) -> None:
        """Several operations that change something, in their order: `write` with encoded data, and any other."""


class Real:
    """The host."""

    planned = False

    def __init__(self, link: Asked) -> None:
        """Stand on a connection."""
        self.link = link

    def stat(self, path: str) -> dict[str, Any] | None:
        """State of what lies at path."""
        found: dict[str, Any] | None = self.link.ask("stat", path=path)
        return found

    def stat_all(self, paths: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """State of what lies at each path; in one round trip."""
        answers = self.link.ask_all([("stat", {"path": path}) for path in paths])
        return dict(zip(paths, answers, strict=True))

    def read(self, path: str) -> File | None:
        """A file, or None."""
        return _file(self.link.ask("read", path=path))

    def read_all(self, paths: Sequence[str]) -> dict[str, File | None]:
        """Files, or None, by path; in one round trip."""
        answers = self.link.ask_all([("read", {"path": path}) for path in paths])
        return dict(zip(paths, map(_file, answers), strict=True))

    def write(self, path: str, data: bytes, state: dict[str, Any], expect: str | None) -> None:
        """Put a file in place in one step."""
        op, given = writing(path, data, state, expect)
        self.link.ask(op, **given)

    def change(self, op: str, **arguments: Any) -> Any:
        """Any other operation of the agent."""
        return self.link.ask(op, **arguments)

    def act_all(self, requests: Sequence[Request]) -> None:
        """Several operations in one round trip; none behind one that fails."""
        self.link.ask_all(requests)


def writing(path: str, data: bytes, state: dict[str, Any], expect: str | None) -> Request:
    """The request that puts a file in place in one step; expect: sha256 of what must lie there, "" for nothing."""
    wanted: dict[str, Any] = {key: state[key] for key in ("mode", "uid", "gid", "mtime") if key in state}
    return "write", {"path": path, "data": encode(data), "expect": expect, **wanted}


def _file(found: dict[str, Any] | None) -> File | None:
    return File(decode(found.pop("data")), found) if found else None


@dataclass
class Planned:
    """The host as it would be: real reads below, writes kept here.

    Attributes:
        link: the host.
        files: what was written or removed, by path.
        services: what was started, stopped, enabled, disabled, by script or unit.
        copies: folders that a planned copy fills, and the host that it comes from.
        originals: what a file was before the first edit that a phase would make, by phase and path (D7).
        trusting: what a person made of a file where we would edit it is right, for he says so (`fab done`).
        mended: the files in which that counted.
    """

    link: Link
    files: dict[str, File | None] = field(default_factory=dict)
    services: dict[str, dict[str, bool]] = field(default_factory=dict)
    planned: bool = True
    copies: dict[str, Link] = field(default_factory=dict)
    originals: dict[tuple[int, str], bytes] = field(default_factory=dict)
    trusting: bool = False
    mended: list[str] = field(default_factory=list)

    def stat(self, path: str) -> dict[str, Any] | None:
        """State of what lies, or would lie, at path."""
        if path in self.files:
            held = self.files[path]
            return held.state if held else None
        return Real(self._holder(path)).stat(path)

    def stat_all(self, paths: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """State of what lies, or would lie, at each path."""
        held = Real(self.link).stat_all(self._plain(paths))
        return {path: held[path] if path in held else self.stat(path) for path in paths}

    def read(self, path: str) -> File | None:
        """A file as it is, or would be."""
        return self.files[path] if path in self.files else Real(self._holder(path)).read(path)

    def read_all(self, paths: Sequence[str]) -> dict[str, File | None]:
        """Files as they are, or would be."""
        held = Real(self.link).read_all(self._plain(paths))
        return {path: held[path] if path in held else self.read(path) for path in paths}

    def _plain(self, paths: Sequence[str]) -> list[str]:
        """Those that are as they are on the host."""
        return [path for path in paths if path not in self.files and self._holder(path) is self.link]

    def names(self, folder: str, found: Mapping[str, Any]) -> dict[str, Any]:
        """What would lie in a folder, given what lies there today: name → state."""
        below = {
            path.rpartition("/")[2]: held for path, held in self.files.items() if path.rpartition("/")[0] == folder
        }
        kept = {name: state for name, state in found.items() if name not in below}
        return kept | {name: held.state for name, held in below.items() if held}

    def _holder(self, path: str) -> Link:
        """Who has the file today: below a folder that a planned copy fills, its source."""
        return next((link for folder, link in self.copies.items() if path.startswith(f"{folder}/")), self.link)

    def write(self, path: str, data: bytes, state: dict[str, Any], expect: str | None) -> None:
        """Remember the contents."""
        base = {"kind": "file", "mode": 0o644, "uid": 0, "gid": 0, "owner": "root", "group": "root", "mtime": 0}
        held = self.stat(path) or self.stat(path.rpartition("/")[0] or "/") or {}
        found = {**base, **state, "size": len(data)}
        public = bool(held.get("public")) and bool(found["mode"] & stat.S_IROTH)
        self.files[path] = File(data, {**found, "public": public})

    def change(self, op: str, **arguments: Any) -> Any:
        """Remember what a rename or a removal does to files; everything else leaves no trace here."""
        if op == "rename":
            self.files[arguments["target"]] = self.read(arguments["source"])
            self.files[arguments["source"]] = None
        elif op == "remove":
            self.files[arguments["path"]] = None
        elif op == "mode" and (held := self.read(arguments["path"])):
            self.files[arguments["path"]] = File(held.data, {**held.state, "mode": arguments["mode"]})
        elif op == "restore":
            self.files[arguments["path"]] = self._kept(arguments["n"], arguments["path"], arguments["was"])
        return None

    def act_all(self, requests: Sequence[Request]) -> None:
        """Remember what each would do."""
        for op, given in requests:
            if op == "write":
                state: dict[str, Any] = {key: given[key] for key in ("mode", "uid", "gid", "mtime") if key in given}
                self.write(given["path"], decode(given["data"]), state, given["expect"])
            else:
                self.change(op, **given)

    def _kept(self, n: int, path: str, was: dict[str, Any] | None) -> File | None:
        """What a checkpoint would bring back; of a folder or a link no more than its state."""
        kept = self.link.ask("kept", n=n, path=path) if was and was["kind"] == "file" else None
        return File(decode(kept["data"]) if kept else b"", was) if was else None


def run(
    link: Link, argv: Sequence[str], stdin: bytes | None = None, timeout: float = 600, into: str | None = None
) -> Result:
    """Run a command on the host; timeout in seconds. into: the host's file that takes its output."""
    op, given = running(argv, stdin, timeout)
    return result_of(link.ask(op, **given, **({"into": into} if into else {})))


def running(argv: Sequence[str], stdin: bytes | None = None, timeout: float = 600) -> Request:
    """The request that runs a command."""
    sent = encode(stdin) if stdin is not None else None
    return "run", {"argv": list(argv), "stdin": sent, "timeout": timeout}


def result_of(ran: dict[str, Any]) -> Result:
    """What the agent tells of a command."""
    return Result(ran["status"], decode(ran["out"]), decode(ran["err"]))

"""Many small files at once: one change and two round trips for some hundred of them, instead of a dozen a file.

Few stay changes of their own, which a person can read one by one; `Host` has their verbs.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irekae.host.host import ATTRIBUTES, Host
from irekae.host.looking import Looking
from irekae.host.memory import Request
from irekae.host.overlay import File
from irekae.host.record import Written
from irekae.host.remote import encode

PORTION = 16 << 20  # bytes of files that are read in one round trip
FEW = 50  # files that are changes of their own
BATCH = 500  # files of one change
SHOWN = 20  # names of a change's files that a plan shows


@dataclass(frozen=True)
class Put:
    """A file as it shall be; mtime in nanoseconds."""

    path: str
    data: bytes
    mode: int
    uid: int
    gid: int
    mtime: int

    @property
    def state(self) -> dict[str, int]:
        """Mode and owner."""
        return {"mode": self.mode, "uid": self.uid, "gid": self.gid}

    def is_there(self, held: File) -> bool:
        """Is nothing left to do."""
        full = {**self.state, "mtime": self.mtime}
        return held.data == self.data and all(held.state[key] == value for key, value in full.items())


def put_all(host: Host, files: Sequence[Put]) -> None:
    """As `Host.put` for each. One that stands there with other contents is looked at by itself: it may be others' work.

    Raises:
        SwapError: somebody edited what we wrote.
    """
    if len(files) <= FEW:
        for file in files:
            _put(host, file)
        return
    for batch in parts(files):
        held = host.record.ground.read_all([file.path for file in batch])
        others = [file for file in batch if (there := held[file.path]) and not file.is_there(there)]
        for file in others:
            _put(host, file)
        missing = [file for file in batch if held[file.path] is None]
        if missing:
            wrote: dict[str, Written | None] = {
                file.path: Written(file.state, file.data, file.data) for file in missing
            }
            what = f"create {len(missing)} files, from {missing[0].path} to {missing[-1].path}"
            _change(host, what, wrote, [_written(file, None) for file in missing])


def _put(host: Host, file: Put) -> None:
    host.put(file.path, file.data, file.mode, uid=file.uid, gid=file.gid, mtime=file.mtime)


def move_all(host: Host, moves: Sequence[tuple[str, str]]) -> None:
    """Move files with mode, owner and time; what stands at a target is kept in the checkpoint and replaced.

    Args:
        host: bound to an item.
        moves: source and target; a source that is gone is passed over.
    """
    for batch in parts(moves, BATCH if len(moves) > FEW else 1):
        held = host.record.ground.read_all([path for move in batch for path in move])
        there = [(source, target, found) for source, target in batch if (found := held[source]) is not None]
        if there:
            _move(host, there, held)


def _move(host: Host, there: Sequence[tuple[str, str, File]], held: dict[str, File | None]) -> None:
    """First all at their targets, then none at their sources, as one change: a crash in between loses nothing."""
    wrote: dict[str, Written | None] = {}
    puts: list[Request] = []
    for source, target, found in there:
        state = {key: found.state[key] for key in ATTRIBUTES}
        wrote |= {source: None, target: Written(state, found.data, found.data)}
        puts.append(_written(Put(target, found.data, **state, mtime=found.state["mtime"]), held[target]))
    first, last = there[0], there[-1]
    what = f"move {first[0]} to {first[1]}"
    if len(there) > 1:
        what = f"move {len(there)} files, from {first[0]} to {first[1]} and so on to {last[1]}"
    _change(host, what, wrote, [*puts, *(("remove", {"path": source}) for source, _, _ in there)])


def _change(host: Host, what: str, wrote: dict[str, Written | None], then: Sequence[Request]) -> None:
    lines = [path for path, file in wrote.items() if file]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    host.record.change(what, {"kind": "restore"}, tuple(wrote), (*lines[:SHOWN], *more), wrote=wrote, then=then)


def _written(file: Put, before: File | None) -> Request:
    expect = hashlib.sha256(before.data).hexdigest() if before else ""
    more: dict[str, Any] = {"data": encode(file.data), "expect": expect, "mtime": file.mtime}
    return "write", {"path": file.path, **file.state, **more}


def read_many(host: Looking, paths: Sequence[str]) -> dict[str, File]:
    """The plain files among them with their states, by path: some MiB a round trip, nothing else is opened."""
    return read_known(host, host.record.ground.stat_all(paths))


def read_known(host: Looking, states: Mapping[str, dict[str, Any] | None]) -> dict[str, File]:
    """As `read_many`, of paths whose states are known."""
    found: dict[str, File | None] = {}
    batch, size = list[str](), 0
    for path in (path for path, state in states.items() if state and state["kind"] == "file"):
        more = int((states[path] or {}).get("size", 0))
        if batch and (size + more > PORTION or len(batch) == BATCH):
            found |= host.record.ground.read_all(batch)
            batch, size = [], 0
        batch, size = [*batch, path], size + more
    found |= host.record.ground.read_all(batch)
    return {path: held for path, held in found.items() if held is not None}


def parts(things: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """The things, so many at a time."""
    for begin in range(0, len(things), size):
        yield things[begin : begin + size]

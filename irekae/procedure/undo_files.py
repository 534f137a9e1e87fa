"""Takes a change of a file back: what others did since stays, and where it touches what is taken back, that is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from irekae.host.memory import Asked, Request
from irekae.host.merge import Clash, Merged, is_accounts, merge
from irekae.host.merge.lines import split
from irekae.host.overlay import File, Ground
from irekae.host.remote import decode, encode
from irekae.model.journal import Entry
from irekae.model.secrecy import is_secret_kind

ATTRIBUTES = ("mode", "uid", "gid")
State = dict[str, Any]
Keeper = Callable[[bytes], bytes]


@dataclass
class Found:
    """What stands in the way of an undo, and what the operator wants of it.

    Attributes:
        keep: paths and services that stay as they are where others changed them (`--keep`).
        keepers: what a keeper of our own may have made of a file since, by path.
        rests: init scripts of services that stay stopped when a restart of theirs is taken back.
        alone: names of accounts that stay for that reason, in all files of accounts.
        clashes: what is in the way, for people: path or service → lines.
    """

    keep: frozenset[str] = frozenset()
    keepers: Mapping[str, Keeper] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    clashes: dict[str, list[str]] = field(default_factory=dict)
    rests: frozenset[str] = frozenset()

    def clash(self, what: str, lines: Sequence[str]) -> None:
        """Something is in the way, unless it shall stay."""
        if what not in self.keep:
            self.clashes.setdefault(what, []).extend(lines)


@dataclass(frozen=True)
class _Three:
    """A path before the change, as we wrote it, and now. State: None where nothing lies there."""

    path: str
    was: State | None
    wrote: State | None
    now: State | None

    @property
    def secret(self) -> bool:
        """May not everybody on the host read it: then it is shown to nobody."""
        states = [state for state in (self.was, self.wrote, self.now) if state]
        below = (self.now or {}).get("public", True)  # may everybody look into the folder
        open_to_all = below and all(state.get("mode", 0o644) & 0o004 for state in states)
        return is_secret_kind(self.path) or not open_to_all


def questions_of(change: Entry, path: str) -> list[Request]:
    """What `undo_file` asks of a file that the change wrote."""
    if path not in change["undo"].get("wrote", {}):
        return []
    kept: Request = ("kept", {"n": change["n"], "path": path})
    written: Request = ("written", {"n": change["n"], "path": path})
    asked: list[Request] = [("stat", {"path": path}), ("read", {"path": path})]
    if change["undo"]["kept"][path]:
        asked.append(kept)
    return [*asked, written, ("undone", {"n": change["n"], "path": path})]


def undo_file(ground: Ground, link: Asked, change: Entry, path: str, found: Found) -> None:
    """Make path what it was before a change, with what others did to it since.

    Args:
        ground: the host, or a plan in which only clashes are sought.
        link: the host, which keeps the checkpoints.
        change: the journal's line.
        path: one of those that it kept.
        found: what is in the way is put there, and nothing is written then.
    """
    undo = change["undo"]
    was = undo["kept"][path]
    if path not in undo.get("wrote", {}):
        ground.change("restore", n=change["n"], path=path, was=was)
        return
    three = _Three(path, was, undo["wrote"][path], ground.stat(path))
    if any(state and state.get("kind", "file") != "file" for state in (three.was, three.now)):
        _undo_other(ground, change, three, found)
    else:
        _undo_regular(ground, link, change, three, found)


def _undo_other(ground: Ground, change: Entry, three: _Three, found: Found) -> None:
    """A folder or a link, before or now: it goes back if it is as we left it, and is left if it is as it was."""
    was, now = three.was, three.now
    if now is not None and (was is None or any(now.get(key) != was.get(key) for key in ("kind", "target"))):
        found.clash(three.path, [f"a {_kind(now)} was put there since, where we left {_kind(three.wrote)}"])
        return
    if now is None and three.wrote is not None:
        found.clash(three.path, [f"it was removed since; it was a {_kind(was)}"])
        return
    ground.change("restore", n=change["n"], path=three.path, was=was)


def _kind(state: State | None) -> str:
    return {"dir": "folder", "link": "link"}.get(state.get("kind", "file"), "file") if state else "nothing"


def _undo_regular(ground: Ground, link: Asked, change: Entry, three: _Three, found: Found) -> None:
    n, path, was = change["n"], three.path, three.was
    held = ground.read(path) if three.now else None
    before = _contents(link.ask("kept", n=n, path=path)) if was else None
    written = _contents(link.ask("written", n=n, path=path)) if three.wrote is not None else None
    now = held.data if held else None
    if held and now == _contents(link.ask("undone", n=n, path=path)):
        return  # an attempt that died before it could say so
    merged = _merged(path, before, written, now, found)
    attributes, wrong = _attributes(three)
    if merged.clashes or wrong:
        lines = [said for clash in merged.clashes for said in clash.shown(three.secret, "what was there before")]
        found.clash(path, [*lines, *wrong])
        found.alone |= {clash.name for clash in merged.clashes if clash.name and path in found.keep}
        if path not in found.keep:
            return
    data = merged.data if merged.whole else None
    exact = data == before and (was is None or _own(was) == attributes)
    _write(ground, link, change, three, held, data, exact)


def _merged(path: str, before: bytes | None, written: bytes | None, now: bytes | None, found: Found) -> Merged:
    """The contents after the undo; `whole` False: no file."""
    by_name = found.alone and is_accounts(path) and None not in (before, written, now)
    if now in (before, written) and not by_name:
        return Merged(before or b"", (), whole=before is not None)
    keeper = found.keepers.get(path)
    if now is None or (keeper is None and (before is None or written is None)):
        one, mine, other = (() if text is None else tuple(split(text)[0]) for text in (written, before, now))
        how = "removed" if now is None else "put there again" if written is None else "changed"
        clash = Clash(f"the whole file, which somebody {how} since", one, mine, other)
        return Merged(now or b"", (clash,), whole=now is not None)
    merged = _merged_texts(path, before or b"", written or b"", now, keeper, frozenset(found.alone))
    return replace(merged, whole=before is not None or bool(merged.data))


def _merged_texts(
    path: str, before: bytes, written: bytes, now: bytes, keeper: Keeper | None, alone: frozenset[str]
) -> Merged:
    """Three texts into one, heeding what a keeper of our own may have taken out since."""
    bases = [written, *((keeper(written), keeper(before)) if keeper else ())]
    merges = [merge(path, base, before, now, alone) for base in bases]
    if keeper and keeper(before) == keeper(written):
        # The change put in or took out nothing but what the keeper knows as ours.
        merges.append(Merged(keeper(now), ()))
    return next((merged for merged in merges if not merged.clashes), merges[0])


def _attributes(three: _Three) -> tuple[dict[str, int], list[str]]:
    """Mode and owner after the undo: each as it was, or as others set it; and what both set."""
    was, wrote, now = three.was, three.wrote, three.now
    if was is None or wrote is None or now is None:
        return {key: int((was or now or {}).get(key, 0)) for key in ATTRIBUTES}, []
    attributes, wrong = {}, []
    for key in ATTRIBUTES:
        old, ours, theirs = was[key], wrote.get(key, now[key]), now[key]
        attributes[key] = old if theirs in (old, ours) else theirs
        if theirs not in (old, ours) and old != ours:
            said = "0{:o}" if key == "mode" else "{}"
            wrong.append(f"its {key}: " + ", ".join(map(said.format, (old, ours, theirs))) + " (before, ours, now)")
    return attributes, wrong


def _write(
    ground: Ground, link: Asked, change: Entry, three: _Three, held: File | None, data: bytes | None, exact: bool
) -> None:
    """Write it: with its old time where it is exactly what it was, and as others' work else."""
    n, path, attributes = change["n"], three.path, _attributes(three)[0]
    expect = hashlib.sha256(held.data).hexdigest() if held else ""
    if exact:
        ground.change("restore", n=n, path=path, was=three.was, expect=expect)
    elif data is not None and (held is None or held.data != data or _own(held.state) != attributes):
        if not ground.planned:
            link.ask("keep_undone", n=n, path=path, data=encode(data))
        ground.write(path, data, attributes, expect)


def _own(state: State) -> dict[str, int]:
    return {key: int(state[key]) for key in ATTRIBUTES}


def _contents(found: State | None) -> bytes | None:
    return decode(found["data"]) if found else None

"""A host, and the verbs that items are written with.

A changing verb looks first, does nothing where nothing is to do, keeps what was there, acts in one step and looks
again. Under --plan the same verbs run: reads are real, changes are remembered and shown.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from irekae.host.overlay import File, Planned, Result, run
from irekae.host.record import Record
from irekae.host.remote import Link, decode
from irekae.host.services import ServiceState
from irekae.model.differences import diff, three_texts
from irekae.model.errors import SwapError, again
from irekae.model.items import On
from irekae.model.journal import undoable
from irekae.site.inventory import HostEntry

Transform = Callable[[bytes], bytes]


class Host:
    """One of the pair, for the time of one item.

    Args:
        entry: the name it bears just now, with address and full name.
        record: the item's record on it.
        today: date of the dated copies, YYYYMMDD.
        role: production or standby, by the name it bears in the item's phase.
    """

    def __init__(self, entry: HostEntry, record: Record, today: str, role: On) -> None:
        """Bind a host to an item."""
        self.role = role
        self.entry = entry
        self.record = record
        self.today = today

    @property
    def name(self) -> str:
        """What it is called just now; `entry` is what it is called in the item's phase."""
        return self.record.host

    @property
    def link(self) -> Link:
        """The connection."""
        return self.record.link

    @property
    def planned(self) -> bool:
        """Is this a plan: then nothing may be changed."""
        return self.record.planned

    def say(self, text: str) -> None:
        """Tell the operator, and the report."""
        self.record.note(text)

    # --- looking ---

    def before(self, path: str) -> bytes:
        """What a file was before the phase's first edit (D7); what it is, if there was none."""
        original = self._original(path)
        return self.read(path) if original is None else original

    def mode_of(self, path: str) -> int:
        """A file's permission bits."""
        state = self.record.ground.stat(path)
        return int(state["mode"]) if state else 0o644

    def find(self, path: str) -> File | None:
        """The file at path, or None."""
        return self.record.ground.read(path)

    def exists(self, path: str) -> bool:
        """Does anything lie at path."""
        return self.record.ground.stat(path) is not None

    def read(self, path: str) -> bytes:
        """Contents of a file.

        Raises:
            SwapError: there is none.
        """
        found = self.find(path)
        if found is None:
            raise SwapError(f"{path} is missing on {self.name}", hint="is the path in site.toml right?")
        return found.data

    def names(self, folder: str) -> dict[str, Any]:
        """What lies, or would lie, in a folder: name → state."""
        found = self.link.ask("list", path=folder) or {}
        ground = self.record.ground
        return ground.names(folder, found) if isinstance(ground, Planned) else found

    def query(self, *argv: str, ok: Sequence[int] = (0,), stdin: bytes | None = None, timeout: float = 600) -> Result:
        """Run a command that only looks; it runs under --plan too. timeout in seconds."""
        result = run(self.link, argv, stdin, timeout)
        return self._expect(result, argv, ok)

    def look(self, *argv: str, timeout: float = 120) -> Result:
        """Run a command whatever its exit status says; for those whose statuses mean something."""
        return run(self.link, argv, None, timeout)

    def planned_service(self, init: str, found: ServiceState) -> ServiceState:
        """A service's state with what the plan would have made of it."""
        ground = self.record.ground
        if isinstance(ground, Planned) and init in ground.services:
            change = ground.services[init]
            running, at_boot = change.get("running", found.running), change.get("at_boot", found.at_boot)
            return replace(found, running=running, at_boot=at_boot)
        return found

    def plan_service(self, init: str, **change: bool) -> None:
        """Under --plan: remember what a service would do (running, at_boot)."""
        ground = self.record.ground
        if isinstance(ground, Planned):
            ground.services.setdefault(init, {}).update(change)

    # --- changing ---

    def run(
        self,
        *argv: str,
        undo: Sequence[str] = (),
        ok: Sequence[int] = (0,),
        stdin: bytes | None = None,
        timeout: float = 600,
    ) -> Result:
        """Run a command that changes something; under --plan it is only shown.

        Args:
            argv: the command and its arguments; none of them passes a shell.
            undo: the command that takes it back.
            ok: exit statuses that mean success.
            stdin: what it reads.
            timeout: seconds.
        """
        shown = " ".join(argv)
        self.record.change(f"run {shown}", {"kind": "run", "argv": list(undo)}, lines=(f"$ {shown}",))
        if self.planned:
            return Result(0, b"")
        return self._expect(run(self.link, argv, stdin, timeout), argv, ok)

    def _expect(self, result: Result, argv: Sequence[str], ok: Sequence[int]) -> Result:
        if result.status in ok:
            return result
        said = (result.err or result.out).decode("utf-8", "replace").strip()
        raise SwapError(
            f"{argv[0]} failed on {self.name} with status {result.status}",
            f"$ {' '.join(argv)}\n{said[-2000:]}",
            f"mend what it says, then {again()}",
        )

    def edit(self, path: str, transform: Transform, *, dated: bool = True, team: str = "") -> bool:
        """Change a file's contents; the new ones are computed from what it was before the phase's first edit (D7).

        Args:
            path: the file; a symbolic link is refused.
            transform: old contents to new ones, pure.
            dated: keep a copy beside it, as the manual wants: `path.YYYYMMDD`.
            team: whose file it is; named where a person has to look.

        Returns:
            Was there anything to do.

        Raises:
            SwapError: there is no such file, or somebody edited it since.
        """
        held = self.find(path)
        whose = f" (the {team} team knows it)" if team else ""
        if held is None:
            raise SwapError(f"{path} is missing on {self.name}", hint=f"is the path in site.toml right?{whose}")
        before = self.before(path)
        wanted = transform(before)
        if held.data == wanted:
            return False
        secret = self.record.secrecy(path, held.state["mode"])
        if held.data != before:
            texts = three_texts(path, before, held.data, wanted, secret)
            hint = f"bring it right by hand, then `fab done {self.record.item} --host {self.entry.name} --why …`{whose}"
            raise SwapError(f"{path} on {self.name} was edited by somebody else", "\n".join(texts), hint)
        if isinstance(self.record.ground, Planned):
            self.record.ground.originals.setdefault((self.record.phase, path), before)
        if dated:
            self.keep_dated(path)
        lines = diff(path, held.data, wanted, secret)
        self.record.change(f"edit {path}", {"kind": "restore"}, (path,), lines)
        self._write(path, wanted, held)
        return True

    def put(
        self,
        path: str,
        data: bytes,
        mode: int = 0o644,
        *,
        uid: int = 0,
        gid: int = 0,
        mtime: int | None = None,
        instead_of: tuple[str, bytes] | None = None,
    ) -> bool:
        """Make a file with exactly these contents, mode and owner, whether or not there was one.

        mtime: nanoseconds since 1970. instead_of: the file, with its contents, that this one shall take the place of
        later; the diff is shown against it. Returns: was there anything to do.
        """
        held = self.find(path)
        wanted = {"mode": mode, "uid": uid, "gid": gid} | ({} if mtime is None else {"mtime": mtime})
        if held and held.data == data and all(held.state[key] == value for key, value in wanted.items()):
            return False
        shown, old = instead_of or (path, held.data if held else b"")
        secret = self.record.secrecy(shown, self.mode_of(shown) if instead_of else mode)
        lines = diff(shown, old, data, secret)
        self.record.change(f"write {path}" if held else f"create {path}", {"kind": "restore"}, (path,), lines)
        self.record.ground.write(path, data, wanted, _digest(held))
        return True

    def remember(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Write one of our own notes below the state folder; it is no part of the host's configuration, so no undo."""
        self.record.ground.write(path, data, {"mode": mode, "uid": 0, "gid": 0}, None)

    def keep_dated(self, path: str) -> None:
        """A copy beside the file, `path.YYYYMMDD`, with its mode, owner and time; one that exists is left alone."""
        copy = f"{path}.{self.today}"
        held = self.find(path)
        if held is None or self.exists(copy):
            return
        self.record.change(f"copy {path} to {copy}", {"kind": "restore"}, (copy,))
        self.record.ground.write(copy, held.data, held.state, "")

    def rename(self, source: str, target: str) -> bool:
        """Rename a file; False when that was done before."""
        if not self.exists(source):
            return False
        if self.exists(target):
            raise SwapError(f"{target} exists on {self.name} beside {source}", hint="look at both, remove one of them")
        self.record.change(f"rename {source} to {target}", {"kind": "rename", "source": target, "target": source})
        self.record.ground.change("rename", source=source, target=target)
        return True

    def remove(self, path: str) -> bool:
        """Remove a file, keeping it in the checkpoint; False when there was none."""
        if not self.exists(path):
            return False
        self.record.change(f"remove {path}", {"kind": "restore"}, (path,))
        self.record.ground.change("remove", path=path)
        return True

    def set_mode(self, path: str, mode: int) -> bool:
        """Change a file's mode; True if it changed."""
        state = self.record.ground.stat(path)
        if state is None or state["mode"] == mode:
            return False
        self.record.change(f"mode {mode:04o} on {path}", {"kind": "restore"}, (path,))
        self.record.ground.change("mode", path=path, mode=mode)
        return True

    def copy_tree(self, source: str, target: str) -> bool:
        """A copy of a folder with modes, owners and times; False when there is one already."""
        if self.exists(target):
            return False
        self.record.change(f"copy {source} to {target}", {"kind": "remove", "path": target})
        self.record.ground.change("copy_tree", source=source, target=target)
        return True

    def check(self, *argv: str) -> None:
        """Run a command that proves the changes made before it; there is nothing to prove under --plan."""
        if not self.planned:
            self.query(*argv)

    def _write(self, path: str, data: bytes, held: File) -> None:
        state = {key: held.state[key] for key in ("mode", "uid", "gid")}
        self.record.ground.write(path, data, state, _digest(held))
        again = self.find(path)
        if again is None or again.data != data:
            raise SwapError(
                f"{path} on {self.name} is not what was written", hint="somebody else edits it: talk to them"
            )

    def _original(self, path: str) -> bytes | None:
        """What path was before this phase first changed it; None if it has not been."""
        ground = self.record.ground
        if isinstance(ground, Planned) and (self.record.phase, path) in ground.originals:
            return ground.originals[self.record.phase, path]
        for entry in reversed(undoable(self.record.entries)):
            if entry["phase"] == self.record.phase and entry["undo"].get("kept", {}).get(path):
                return decode(self.link.ask("kept", n=entry["n"], path=path)["data"])
        return None


def _digest(held: File | None) -> str:
    return hashlib.sha256(held.data).hexdigest() if held else ""

"""A host, and the verbs that items are written with.

A changing verb looks first, does nothing where nothing is to do, keeps what was there, acts in one step and looks
again. Under --plan the same verbs run: reads are real, changes are remembered and shown.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from irekae.host.back import Back
from irekae.host.looking import Looking
from irekae.host.memory import Request
from irekae.host.overlay import File, Planned, Result, result_of, running, writing
from irekae.host.record import OfFile, Written
from irekae.host.remote import decode
from irekae.host.since import Agreed, keep, last_written, merged_with_theirs
from irekae.model.differences import Secret, diff
from irekae.model.errors import SwapError

Transform = Callable[[bytes], bytes]
ATTRIBUTES = ("mode", "uid", "gid")


class Host(Looking):
    """One of the pair, for the time of one item: looked at as `Looking` says, and changed."""

    # --- changing ---

    def run(
        self,
        *argv: str,
        undo: Back | None = None,
        ok: Sequence[int] = (0,),
        stdin: bytes | None = None,
        timeout: float = 600,
    ) -> Result:
        """Run a command that changes something; under --plan it is only shown.

        Args:
            argv: the command and its arguments; none of them passes a shell.
            undo: the command that takes it back; None: nothing does.
            ok: exit statuses that mean success.
            stdin: what it reads.
            timeout: seconds.
        """
        shown = " ".join(argv)
        back = undo.entry() if undo else {"kind": "none"}
        made = self.record.change(f"run {shown}", back, lines=(f"$ {shown}",), then=[running(argv, stdin, timeout)])
        return self.expect(result_of(made.answers[0]), argv, ok) if made.answers else Result(0, b"")

    def edit(
        self, path: str, transform: Transform, *, dated: bool = True, team: str = "", afresh: bool = False
    ) -> bool:
        """Change a file's contents; the new ones are computed from what it was before the phase's first edit (D7).

        What others did to it since is merged in, or the edit is refused: see `since`.

        Args:
            path: the file; a symbolic link is refused.
            transform: old contents to new ones, pure.
            dated: keep a copy beside it, as the manual wants: `path.YYYYMMDD`.
            team: whose file it is; named where a person has to look.
            afresh: compute from what is there now; for a transform that does nothing the second time.

        Returns:
            Was there anything to do.

        Raises:
            SwapError: there is no such file, or somebody edited it where we do.
        """
        held = self.find(path)
        whose = f" (the {team} team knows it)" if team else ""
        if held is None:
            hint = f"is the path in site.toml right?{whose}"
            return self._refuse(SwapError(f"{path} is missing on {self.name}", hint=hint))
        before = held.data if afresh else self.before(path)
        secret = self.record.secrecy(path, held.state["mode"], held.state)
        try:
            wanted = transform(before)
            agreed = self._with_theirs(path, held, before, wanted, secret, whose)
        except SwapError as refusal:
            return self._refuse(refusal)
        if held.data != agreed.data:
            self._edit(OfFile(path, len(agreed.data), team), held, before, agreed.data, wanted, secret, dated)
        if agreed.mended:
            keep(self.record, "mended", path)
        return held.data != agreed.data

    def _with_theirs(
        self, path: str, held: File, before: bytes, wanted: bytes, secret: Secret | None, whose: str
    ) -> Agreed:
        """What an edit wants, with what others did to the file in this phase."""
        if held.data in (before, wanted):
            return Agreed(wanted)
        phase, hidden = self.record.phase, secret is not None
        return merged_with_theirs(self.record, path, held.data, wanted, before, hidden, phase, whose)

    def _edit(
        self, file: OfFile, held: File, before: bytes, data: bytes, wanted: bytes, secret: Secret | None, dated: bool
    ) -> None:
        path = file.path
        if isinstance(self.record.ground, Planned):
            self.record.ground.originals.setdefault((self.record.phase, path), before)
        if dated:
            self._keep_dated(path, held, file.team)
        lines = diff(path, held.data, data, secret)
        state = {key: held.state[key] for key in ATTRIBUTES}
        wrote = Written(state, data, wanted)
        then: list[Request] = [writing(path, data, state, _digest(held)), ("read", {"path": path})]
        made = self.record.change(
            f"edit {path}", {"kind": "restore"}, (path,), lines, wrote={path: wrote}, file=file, then=then
        )
        if not self.planned and (made.answers[1] is None or decode(made.answers[1]["data"]) != data):
            raise SwapError(
                f"{path} on {self.name} is not what was written", hint="somebody else edits it: talk to them"
            )

    def _refuse(self, error: SwapError) -> bool:
        """Raise it; a plan notes it and goes on: nothing was done."""
        self.record.refused(error)
        return False

    def put(
        self, path: str, data: bytes, mode: int = 0o644, *, uid: int = 0, gid: int = 0, mtime: int | None = None,
        afresh: bool = False, instead_of: tuple[str, bytes] | None = None, own: str = "",
    ) -> bool:  # fmt: skip
        """Make a file with exactly these contents, mode and owner, whether or not there was one.

        What others did to it since we last wrote it is merged in, or it is refused: see `since`.

        mtime: nanoseconds since 1970; afresh: data was computed from what is there now, so nothing is to be merged in;
        instead_of: the file, with its contents, that this one shall take the place of later; the diff is shown against
        it; own: what it is for, where it is a file of irekae's own. Returns: was there anything to do.

        Raises:
            SwapError: somebody edited what we wrote, where we now want something else.
        """
        held = self.find(path)
        state = {"mode": mode, "uid": uid, "gid": gid}
        agreed = Agreed(data)
        if held and not afresh:
            try:
                agreed, state = self._agreed(path, held, data, state)
            except SwapError as refusal:
                return self._refuse(refusal)
        full = state | ({} if mtime is None or agreed.data != data else {"mtime": mtime})
        if held and held.data == agreed.data and all(held.state[key] == value for key, value in full.items()):
            return False
        shown, old = instead_of or (path, held.data if held else b"")
        there = held.state if held and not instead_of else None
        secret = self.record.secrecy(shown, self.mode_of(shown) if instead_of else mode, there)
        lines = diff(shown, old, agreed.data, secret)
        what = (f"write {path}" if held else f"create {path}") + (
            f", to take the place of {shown}" if instead_of else ""
        )
        wrote, file = Written(state, agreed.data, data), OfFile(shown, len(agreed.data), own=own)
        then = [writing(path, agreed.data, full, _digest(held))]
        self.record.change(what, {"kind": "restore"}, (path,), lines, wrote={path: wrote}, file=file, then=then)
        if agreed.mended:
            keep(self.record, "mended", path)
        return True

    def _agreed(self, path: str, held: File, data: bytes, state: dict[str, int]) -> tuple[Agreed, dict[str, int]]:
        """What to put where something else stands, and the mode and owner: theirs, where they changed what is ours."""
        ours = last_written(self.record, path)
        before = self.original(path)
        if ours is None or before == held.data != ours.data:
            return Agreed(data), state
        agreed = Agreed(data)
        if held.data != data and not held.data == ours.data == ours.wanted:
            secret = self.record.secrecy(path, held.state["mode"] & state["mode"]) is not None
            agreed = merged_with_theirs(self.record, path, held.data, data, before, secret)
        changed = {key for key in ATTRIBUTES if ours.certain and held.state[key] != ours.state.get(key) == state[key]}
        return agreed, state | {key: held.state[key] for key in changed}

    def remember(self, path: str, data: bytes, mode: int = 0o600) -> None:
        """Write one of our own notes below the state folder; it is no part of the host's configuration, so no undo."""
        self.record.ground.write(path, data, {"mode": mode, "uid": 0, "gid": 0}, None)

    def keep_dated(self, path: str, team: str = "") -> None:
        """A copy beside the file, `path.YYYYMMDD`, with its mode, owner and time; one that exists is left alone."""
        if (held := self.find(path)) is not None:
            self._keep_dated(path, held, team)

    def _keep_dated(self, path: str, held: File, team: str = "") -> None:
        copy = f"{path}.{self.today}"
        if self.exists(copy):
            return
        wrote = Written({key: held.state[key] for key in ATTRIBUTES}, held.data)
        file = OfFile(path, len(held.data), team)
        then = [writing(copy, held.data, held.state, "")]
        what = f"copy {path} to {copy}"
        self.record.change(what, {"kind": "restore"}, (copy,), wrote={copy: wrote}, file=file, then=then)

    def rename(self, source: str, target: str) -> bool:
        """Rename a file; False when that was done before."""
        there = self.there([source, target])
        if source not in there:
            return False
        if target in there:
            what = f"{target} exists on {self.name} beside {source}"
            return self._refuse(SwapError(what, hint="look at both, remove one of them"))
        undo = {"kind": "rename", "source": target, "target": source}
        then: list[Request] = [("rename", {"source": source, "target": target})]
        self.record.change(f"rename {source} to {target}", undo, file=OfFile(source), then=then)
        return True

    def remove(self, path: str, own: str = "") -> bool:
        """Remove a file, keeping it in the checkpoint; False when there was none. own: as for `put`."""
        if not self.exists(path):
            return False
        file = OfFile(path, own=own)
        then: list[Request] = [("remove", {"path": path})]
        self.record.change(f"remove {path}", {"kind": "restore"}, (path,), wrote={path: None}, file=file, then=then)
        return True

    def set_mode(self, path: str, mode: int) -> bool:
        """Change a file's mode; True if it changed."""
        state = self.record.ground.stat(path)
        if state is None or state["mode"] == mode:
            return False
        wrote = Written({**{key: state[key] for key in ATTRIBUTES}, "mode": mode})
        file = OfFile(path, int(state.get("size", 0)))
        then: list[Request] = [("mode", {"path": path, "mode": mode})]
        what = f"mode {mode:04o} on {path}"
        self.record.change(what, {"kind": "restore"}, (path,), wrote={path: wrote}, file=file, then=then)
        return True

    def copy_tree(self, source: str, target: str) -> bool:
        """A copy of a folder with modes, owners and times; False when there is one already.

        What is in the folder is written down before: an undo removes only what is still as it was copied.

        Raises:
            SwapError: somebody changed the folder while it was copied.
        """
        if self.exists(target):
            return False
        undo = {"kind": "remove", "path": target}
        tree = None if self.planned else self._tree(source)
        self.record.change(f"copy {source} to {target}", undo if tree is None else {**undo, "tree": tree})
        self.record.ground.change("copy_tree", source=source, target=target)
        if tree is not None and self._tree(target) != tree:
            self.link.ask("remove", path=target)
            what = f"{source} on {self.name} was changed while it was copied"
            raise SwapError(what, hint="wait until nobody writes there, then repeat the command")
        return True

    def _tree(self, path: str) -> Any:
        return self.link.ask("digests", path=path, contents=True)

    def check(self, *argv: str) -> None:
        """Run a command that proves the changes made before it; there is nothing to prove under --plan."""
        if not self.planned:
            self.query(*argv)


def _digest(held: File | None) -> str:
    return hashlib.sha256(held.data).hexdigest() if held else ""

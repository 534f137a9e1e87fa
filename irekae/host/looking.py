"""A host as one looks at it, in the time of one item; under --plan as it would be then."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from irekae.host.memory import Request
from irekae.host.overlay import File, Planned, Result, result_of, run
from irekae.host.record import Record
from irekae.host.remote import Link, decode
from irekae.host.services import ServiceState
from irekae.model.errors import SwapError, again
from irekae.model.items import On
from irekae.model.journal import undoable
from irekae.model.printing.events import Kind
from irekae.site.inventory import HostEntry


class Looking:
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

    def result(self, text: str) -> None:
        """Tell the operator what the item was for, which is never folded, and the report."""
        self.record.note(text, Kind.RESULT)

    def warn(self, text: str) -> None:
        """Tell the operator what a person has to look at, and the report."""
        self.record.note(text, Kind.WARNING)

    # --- looking ---

    def before(self, path: str) -> bytes:
        """What a file was before the phase's first edit (D7); what it is, if there was none."""
        original = self.original(path)
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

    def there(self, paths: Sequence[str]) -> list[str]:
        """Those of the paths at which anything lies, in one round trip."""
        return [path for path, state in self.record.ground.stat_all(paths).items() if state is not None]

    def read(self, path: str) -> bytes:
        """Contents of a file.

        Raises:
            SwapError: there is none.
        """
        found = self.find(path)
        if found is None:
            raise SwapError(f"{path} is missing on {self.name}", hint="is the path in site.toml right?")
        return found.data

    def read_all(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Contents of files, by path, in one round trip.

        Raises:
            SwapError: one of them is missing.
        """
        found = self.record.ground.read_all(paths)
        missing = [path for path, held in found.items() if held is None]
        if missing:
            raise SwapError(f"{missing[0]} is missing on {self.name}", hint="is the path in site.toml right?")
        return {path: held.data for path, held in found.items() if held is not None}

    def names(self, folder: str) -> dict[str, Any]:
        """What lies, or would lie, in a folder: name → state."""
        found = self.link.ask("list", path=folder) or {}
        ground = self.record.ground
        return ground.names(folder, found) if isinstance(ground, Planned) else found

    def query(
        self,
        *argv: str,
        ok: Sequence[int] = (0,),
        stdin: bytes | None = None,
        timeout: float = 600,
        into: str | None = None,
    ) -> Result:
        """Run a command that only looks; it runs under --plan too.

        Args:
            argv: the command.
            ok: exit statuses that are no failure.
            stdin: what it reads.
            timeout: seconds.
            into: file on the host that takes what it says, where that may be long.
        """
        result = run(self.link, argv, stdin, timeout, into)
        return self.expect(result, argv, ok)

    def look(self, *argv: str, timeout: float = 120) -> Result:
        """Run a command whatever its exit status says; for those whose statuses mean something."""
        return run(self.link, argv, None, timeout)

    def look_at_all(self, commands: Sequence[Sequence[str]], *others: Request, timeout: float = 120) -> list[Any]:
        """As `look`, of several commands, and what other operations answer, in one round trip."""
        asked: list[Request] = [("run", {"argv": list(argv), "timeout": timeout}) for argv in commands]
        answers = self.link.ask_all([*asked, *others])
        return [*map(result_of, answers[: len(asked)]), *answers[len(asked) :]]

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

    def expect(self, result: Result, argv: Sequence[str], ok: Sequence[int]) -> Result:
        """The result, if its exit status is one of those."""
        if result.status in ok:
            return result
        said = (result.err or result.out).decode("utf-8", "replace").strip()
        raise SwapError(
            f"{argv[0]} failed on {self.name} with status {result.status}",
            f"$ {' '.join(argv)}\n{said[-2000:]}",
            f"mend what it says, then {again()}",
        )

    def original(self, path: str) -> bytes | None:
        """What path was before this phase first changed it; None if it has not been."""
        ground = self.record.ground
        if isinstance(ground, Planned) and (self.record.phase, path) in ground.originals:
            return ground.originals[self.record.phase, path]
        for entry in reversed(undoable(self.record.entries)):
            if entry["phase"] == self.record.phase and entry["undo"].get("kept", {}).get(path):
                return decode(self.link.ask("kept", n=entry["n"], path=path)["data"])
        return None

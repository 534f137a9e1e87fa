"""A service on a host: look, stop, start, and what it does at the next boot."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from irekae.host.daemons import NEW_WITHIN, PEOPLE, Daemons, within
from irekae.host.ended_calls import was_stopping
from irekae.host.host import Host
from irekae.host.memory import Request
from irekae.host.overlay import Result, result_of, running
from irekae.host.record import Made
from irekae.host.remote import HostError, decode
from irekae.host.services import ServiceManager, ServiceState, choose
from irekae.host.services.lsb import insert_header, warned_scripts
from irekae.host.services.state import Links
from irekae.model.errors import SwapError, again
from irekae.site.site import Service

# insserv writes these beside the scripts; an exact undo of links needs them.
_DEPENDS = ("/etc/init.d/.depend.boot", "/etc/init.d/.depend.start", "/etc/init.d/.depend.stop")
LINKS = 120.0  # seconds for a command that changes them
DAEMON_TIMEOUT = 90  # seconds for one init script


class ServiceHandle:
    """One service of site.toml on one host.

    Args:
        host: bound to an item.
        service: what site.toml says of it.
        unit: what the host calls it, where an alias of its own (site.toml's name for it) is gone.
    """

    def __init__(self, host: Host, service: Service, unit: str = "") -> None:
        """Choose by looking at the host: systemd where it runs, else sysvinit."""
        self.host = host
        self.init = service.init
        self.unit = unit or service.init
        self.held: tuple[str, ...] = ()
        self.daemons = Daemons(host, service)
        self.process = service.process
        self.manager: ServiceManager = choose({"systemd": host.link.facts["systemd"]})
        self._last: tuple[int, ServiceState, Links] | None = None

    def state(self) -> ServiceState:
        """What it does now and at the next boot; under --plan, what it would."""
        state: ServiceState = self._look()[0]
        return state

    def _look(self, *others: Request) -> tuple[Any, ...]:
        """Its state, all boot links of the host, and what others answer, in one round trip."""
        queries = self.manager.queries(self.unit, self.process)
        table: list[Request] = [("processes", {})] if any(argv[0] == "pgrep" for argv in queries) else []
        answers = self.host.look_at_all(queries, ("links", {}), *table, *others)
        links, *more = answers[len(queries) :]
        processes = more.pop(0) if table else []
        seen = [_seen(argv, found, processes) for argv, found in zip(queries, answers[: len(queries)], strict=True)]
        return self.host.planned_service(self.init, self.manager.parse(self.unit, seen, links)), links, *more

    def _known(self) -> tuple[ServiceState, Links]:
        """As of the last look, where nothing was changed since then."""
        if self._last and self._last[0] == self.host.record.changes:
            return self._last[1:]
        state, links = self._look()
        return state, links

    def stop(self) -> "ServiceHandle":
        """Stop it for now (1.3), and before it whatever would start it again: its socket, its timer."""
        state = self.state()
        if state.running is not False:
            self._stop(state)
        elif state.known and was_stopping(self.host.record, self.init) and not self.host.planned:
            self.end(state)
        return self

    def _stop(self, state: ServiceState) -> None:
        undo: dict[str, object] = {"kind": "service", "init": self.init, "running": True}
        if state.unit:
            undo |= {"unit": state.unit, "units": list(state.starts)}
        shown = tuple(f"$ {' '.join(argv)}" for argv in self._stops(state))
        self.host.record.change(f"stop {self.init}", undo, lines=shown)
        self.host.plan_service(self.init, running=False)
        if self.host.planned:
            return
        self.end(state)

    def start(self) -> "ServiceHandle":
        """Start it for now."""
        state = self.state()
        if state.running is not True:
            commands = self.manager.start(state.unit or self.init)
            undo = {"kind": "service", "init": self.init, "running": False}
            self.host.record.change(f"start {self.init}", undo, lines=tuple(f"$ {' '.join(argv)}" for argv in commands))
            self.host.plan_service(self.init, running=True)
            if not self.host.planned:
                self.begin()
        return self

    def end(self, state: ServiceState | None = None) -> None:
        """Have it stopped, and wait until all of its processes have ended, however long what they are at may take.

        Args:
            state: as it was seen just now.

        Raises:
            SwapError: the deadline of site.toml (stop_wait) is over.
        """
        before, state = self.daemons.now(), state or self.state()
        self.held = state.starts
        said = "".join(self._daemon(argv, patient=True) for argv in self._stops(state))
        self.daemons.wait_ended(before, said)
        state, links = self._look()
        if state.running is not False:
            raise self._failed("did not stop", said)
        self._last = (self.host.record.changes, state, links)

    def _stops(self, state: ServiceState) -> list[list[str]]:
        return [argv for unit in state.stops or (self.init,) for argv in self.manager.stop(unit)]

    def begin(self, units: Sequence[str] = ()) -> None:
        """Have it started, and look whether it runs.

        units: what of it is to run, in this order; by default what ran when it was stopped.
        """
        commands = [argv for unit in units or self.held or (self.unit,) for argv in self.manager.start(unit)]
        said = "".join(self._daemon(argv) for argv in commands)
        if not self._comes_up():
            raise self._failed("did not start", said)

    def _comes_up(self) -> bool:
        """Wait until it runs: sshd writes its pid file, by which its script knows it, behind the script's return."""
        return within(NEW_WITHIN, lambda: self.state().running is True)

    def _failed(self, what: str, said: str) -> SwapError:
        hint = f"`ps aux` on {self.host.name}; then {again()}"
        return SwapError(f"{self.init} {what} on {self.host.name}", said, hint)

    def _daemon(self, argv: list[str], patient: bool = False) -> str:
        """Run an init script; what it said. patient: one that does not return is ended: others wait for its daemon."""
        try:
            found = self.host.link.ask("daemon_run", argv=argv, timeout=DAEMON_TIMEOUT)
        except HostError as error:
            if not patient or error.kind != "timeout":
                raise
            return f"{error.what}\n"
        return decode(found["out"]).decode("utf-8", "replace")

    @contextmanager
    def restarting(self, between: Callable[[], None] | None = None) -> Iterator[None]:
        """Restart it after the changes made inside; an undo restarts it after they are taken back.

        Args:
            between: as for `restart`.
        """
        record = self.host.record
        state = self.state()
        undo = {"kind": "service", "init": self.init, "running": bool(state.running), "again": True}
        undo["rests"] = bool(between)
        rests = [
            *self._stops(state),
            *(argv for unit in state.starts or (self.init,) for argv in self.manager.start(unit)),
        ]
        shown = tuple(f"$ {shlex.join(argv)}" for argv in (rests if between else self.manager.restart(self.init)))
        record.change(f"restart {self.init} afterwards", undo, lines=shown, routine=True)
        yield
        self.host.plan_service(self.init, running=True)
        if not self.host.planned:
            self.restart(between)

    def restart(self, between: Callable[[], None] | None = None) -> None:
        """Restart it, or start it where it does not run.

        Args:
            between: done while it rests: it is stopped, all that it is at is waited for, and it is started. Without it,
                one command stops and starts it, which goes on whatever becomes of us: nobody shall find sshd stopped.

        Raises:
            SwapError: afterwards it does not run, or the old processes are all there is.
        """
        before = self.daemons.now()
        if between:
            self.end()
            between()
            self.begin()
        else:
            said = "".join(self._daemon(argv) for argv in self.manager.restart(self.init))
            if not self._comes_up():
                raise self._failed("does not run after its restart", said)
        if not self.daemons.are_new(before):
            raise self._failed("was not restarted: no new process of it is there", self.state().detail)

    def disable(self) -> "ServiceHandle":
        """Keep it from starting at boot (1.4, 7.8)."""
        state, links = self._known()
        if state.at_boot is not False:
            self._at_boot("disable", self.manager.disable(state.unit or self.init, state), False, state, links)
        return self

    def enable(self) -> "ServiceHandle":
        """Let it start at boot (7.3, 7.5, 7.7); scripts that insserv complains of get their LSB header first."""
        state, links = self._known()
        if state.at_boot is not True:
            self._at_boot("enable", self.manager.enable(state.unit or self.init), True, state, links)
        return self

    def _at_boot(self, verb: str, commands: list[list[str]], wanted: bool, state: ServiceState, links: Links) -> None:
        made = self._changed_links(f"{verb} {self.init} at boot", commands, state, links)
        self.host.plan_service(self.init, at_boot=wanted)
        if self.host.planned:
            return
        said, (state, links) = _said(made.answers), self._look()
        # Turning one off needs healing only where update-rc.d could not do it: others' scripts are 7.5's business.
        if (wanted or state.at_boot is not wanted) and warned_scripts(said):
            said = self._heal(said, commands)
            state, links = self._look()
        self._made(made.n, links)
        if state.at_boot is not wanted:
            raise SwapError(
                f"{self.init} is not {verb}d at boot on {self.host.name}", said, f"`{self.manager.look(self.init)}`"
            )

    def renew_links(self) -> str:
        """Remove its boot links and make them anew (7.5); what the commands said, after healing."""
        state, links = self._look()
        commands = self.manager.renew(state.unit or self.init)
        made = self._changed_links(f"make the boot links of {self.init} anew", commands, state, links)
        self.host.plan_service(self.init, at_boot=True)
        if self.host.planned:
            return ""
        said = self._heal(_said(made.answers), commands)
        self._made(made.n, self.host.link.ask("links"))
        return said

    def _made(self, n: int, links: Links) -> None:
        """Write down which links a change left: an undo keeps what others do to them afterwards."""
        self.host.record.event("made", n=n, links=links)

    def _changed_links(self, what: str, commands: list[list[str]], state: ServiceState, links: Links) -> Made:
        """Run commands that change boot links; what they said."""
        undo = {
            "kind": "links",
            "links": links,
            "commands": self.manager.undo_boot(self.init, state),
            "init": self.init,
            "running": state.running,
            **({"unit": state.unit} if state.unit else {}),
        }
        shown, then = (
            tuple(f"$ {' '.join(argv)}" for argv in commands),
            [running(argv, None, LINKS) for argv in commands],
        )
        return self.host.record.change(what, undo, _DEPENDS, shown, then=then)

    def _links(self, commands: list[list[str]]) -> str:
        return _said(self.host.link.ask_all([running(argv, None, LINKS) for argv in commands]))

    def _heal(self, said: str, commands: list[list[str]]) -> str:
        """7.5: give every script that insserv names an LSB header, run the commands again, and want silence."""
        for _ in range(3):
            scripts = warned_scripts(said)
            if not scripts:
                return said
            self.host.say(f"insserv warns of {', '.join(scripts)}: adding LSB headers")
            for script in scripts:
                self.host.edit(f"/etc/init.d/{script}", partial(insert_header, name=script), dated=False)
            said = self._links(commands)
        raise SwapError(f"insserv still warns on {self.host.name}", said, "edit the scripts that it names by hand")


def _said(answers: Sequence[dict[str, Any]]) -> str:
    """What commands said, one after the other."""
    return "".join(f"{found.text}{found.err.decode('utf-8', 'replace')}" for found in map(result_of, answers))


def _seen(argv: Sequence[str], answer: Result, processes: Sequence[dict[str, Any]]) -> Result:
    """What a command says. A person's process that is called like the daemon is none (pgrep(1) goes by names)."""
    if argv[0] != "pgrep" or answer.status != 0:
        return answer
    pids = answer.text.split()
    users = {process["uid"] for process in processes if str(process["pid"]) in pids}
    return replace(answer, status=1) if users and all(uid in PEOPLE for uid in users) else answer

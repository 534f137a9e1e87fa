"""Services under systemd: units of any name, what starts them on demand, and init scripts that it wraps."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from irekae.host.services.shown import Unit, units_in
from irekae.host.services.state import Answer, Argv, Links, ServiceState, Verb
from irekae.host.services.sysvinit import starts_in
from irekae.model.units import GENERATORS, full_name, is_timer, starts_at_boot

_PROPERTIES = (
    "Id", "LoadState", "UnitFileState", "ActiveState", "SubState", "Triggers", "TriggeredBy", "WantedBy",
    "NextElapseUSecRealtime", "NextElapseUSecMonotonic",
)  # fmt: skip
# systemd.time(7), the units that `systemctl show` writes a span of time in; seconds.
_SPAN = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


def seconds(span: str) -> float:
    """A span of time as `systemctl show` writes it (`1min 30s`, `infinity`); infinite where it is not understood."""
    parts = _PARTS.findall(span)
    if not parts or any(unit not in _SPAN for _, unit in parts):
        return math.inf
    return sum(float(number) * _SPAN[unit] for number, unit in parts)


class Systemd:
    """Commands and answers of systemctl."""

    name = "systemd"

    def queries(self, service: str, process: str = "") -> list[Argv]:
        """The unit, with whatever may start units on demand; what pulls it in at boot; what generators have made."""
        show = [
            "systemctl",
            "show",
            "--all",
            f"--property={','.join(_PROPERTIES)}",
            service,
            "*.socket",
            "*.timer",
            "*.path",
        ]
        wanted = ["systemctl", "list-dependencies", "--reverse", "--all", "--plain", service]
        generated = ["find", *GENERATORS, "-type", "l", "-printf", "%f\\n"]
        return [show, wanted, ["systemctl", "get-default"], generated]

    def parse(self, service: str, answers: Sequence[Answer], links: Links) -> ServiceState:
        """Words that are known, one by one; any other means that nothing is known.

        A socket runs while it listens, a timer while it is armed; a service also while one of them can start it. The
        links count only where systemd itself goes by them: a masked unit with left-over start links is off.
        """
        show, wanted, default, generated = (_lines(answer) for answer in answers)
        found = units_in("\n".join(show))
        if not found:
            return ServiceState(None, False, False, "no answer")
        unit, others = found[0], found[1:]
        callers = [other for other in others if unit.name in other.triggers]
        starters = [other for other in callers if other.is_active]
        pulled = bool(default) and default[-1] in [line.strip() for line in wanted[1:]]
        own = starts_at_boot(unit.file, unit.name, pulled, generated)
        linked = any(starts_in(unit.name.removesuffix(".service"), level, links) for level in "2345")
        if unit.file == "generated":  # of an init script, or of something else (podman's quadlets), which has no links
            own = linked or pulled
        on = [other.name for other in callers if _starts_with_others(other, generated)]
        at_boot = True if on else own if unit.is_known else False
        running = True if any(other.serves for other in starters) else unit.serves
        needs_mask = own is True and unit.file != "enabled" and not (unit.file == "generated" and linked)
        return ServiceState(
            running,
            at_boot,
            unit.is_known,
            _detail(service, unit, starters),
            unit.name,
            stops=(*(other.name for other in starters), unit.name, *_started_by(unit)),
            starts=_in_order([*starters, *([unit] if unit.is_active else [])]),
            turns_off=(*on, *([unit.name] if own is not False else ())),
            needs_mask=needs_mask,
        )

    def start(self, service: str) -> list[Argv]:
        """Returns when it has started."""
        return uncounted("start", service)

    def stop(self, service: str) -> list[Argv]:
        """Returns when it has stopped."""
        return [["systemctl", "stop", service]]

    def restart(self, service: str) -> list[Argv]:
        """Starts it too where it did not run."""
        return uncounted("restart", service)

    def enable(self, service: str) -> list[Argv]:
        """A masked unit can't be enabled, so the mask goes first."""
        return [["systemctl", "unmask", service], ["systemctl", "enable", service]]

    def disable(self, service: str, state: ServiceState) -> list[Argv]:
        """With what starts it on demand; systemctl tells the init script's links too. What others pull in is masked."""
        units = state.turns_off or (service,)
        masked = [["systemctl", "mask", service]] if state.needs_mask else []
        return [*(["systemctl", "disable", unit] for unit in units if not state.needs_mask or unit != service), *masked]

    def renew(self, service: str) -> list[Argv]:
        """Its links as its [Install] section wants them now; `reenable` takes those of an init script's away, too."""
        return [["systemctl", "reenable", service], ["systemctl", "enable", service]]

    def look(self, service: str) -> str:
        """What shows a person how it starts at boot."""
        return f"systemctl status {service}"

    def by_hand(self, verb: Verb, service: str) -> str:
        """systemctl does all."""
        words = {"on": "enable --now", "off": "disable --now"}
        return f"systemctl {words.get(verb, verb)} {service}"

    def log(self, service: str) -> str:
        """Its part of the journal."""
        return f"journalctl -u {service}"

    def undo_boot(self, service: str, before: ServiceState) -> list[Argv]:
        """The links are the setting, those of masks, aliases and sockets too; systemd has to read them."""
        return [["systemctl", "daemon-reload"]]


def uncounted(verb: Literal["start", "restart"], unit: str) -> list[Argv]:
    """Start a unit whatever happened before: systemd refuses one that was started five times in ten seconds, and a
    restart has stopped it by then (systemd.unit(5), StartLimitBurst=)."""
    return [["systemctl", "reset-failed", unit], ["systemctl", verb, unit]]


def _starts_with_others(unit: Unit, generated: Sequence[str]) -> bool:
    """Whether a boot starts what starts a service on demand; one without a word of its own goes by who wants it."""
    return starts_at_boot(unit.file, unit.name, bool(unit.wanted_by), generated) is True


def _started_by(unit: Unit) -> tuple[str, ...]:
    """What a socket has started; a timer's job is waited for instead."""
    return () if is_timer(unit.name) else unit.triggers


def _in_order(units: Sequence[Unit]) -> tuple[str, ...]:
    """Sockets first: systemd starts none whose service runs. Timers last."""
    kinds = {"socket": 0, "path": 1, "service": 2, "timer": 3}
    return tuple(unit.name for unit in sorted(units, key=lambda unit: kinds.get(unit.name.rpartition(".")[2], 2)))


def _detail(service: str, unit: Unit, starters: Sequence[Unit]) -> str:
    detail = f"{unit.active}, {unit.file or 'no unit file'}"
    if unit.name != full_name(service):
        detail = f"{detail} as {unit.name}, of which {service} is an alias"
    if starters:
        detail += f"; started on demand by {', '.join(other.name for other in starters)}"
    return detail


def _lines(answer: Answer) -> list[str]:
    return answer.out.decode("utf-8", "replace").splitlines()

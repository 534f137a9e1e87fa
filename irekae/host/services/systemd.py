"""Services under systemd: units, and init scripts that it wraps."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from irekae.host.services.state import Answer, Argv, Links, ServiceState
from irekae.host.services.sysvinit import starts_in

# systemctl(1), is-active prints the unit's ActiveState. Between two states nothing is certain.
_ACTIVE: dict[str, bool | None] = {
    "active": True,
    "reloading": True,
    "refreshing": True,
    "inactive": False,
    "failed": False,
    "activating": None,
    "deactivating": None,
    "maintenance": None,
    "unknown": None,
}
# systemctl(1), is-enabled. "runtime" is forgotten at the next boot. static, indirect: others decide.
_ENABLED: dict[str, bool | None] = {
    "enabled": True,
    "enabled-runtime": False,
    "linked": False,
    "linked-runtime": False,
    "masked": False,
    "masked-runtime": None,
    "static": None,
    "indirect": None,
    "disabled": False,
    "transient": False,
    "bad": None,
    "not-found": False,
}


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
        """Is it active, is it enabled, and which unit is meant: `bind9` may be an alias. No process is asked for."""
        show = ["systemctl", "show", "--property=Id,LoadState,UnitFileState", service]
        return [["systemctl", "is-active", service], ["systemctl", "is-enabled", service], show]

    def parse(self, service: str, answers: Sequence[Answer], links: Links) -> ServiceState:
        """Words that are known, one by one; any other means that nothing is known.

        The links count only where systemd itself goes by them: a masked unit with left-over start links is off.
        """
        active, enabled, show = answers
        shown = dict(line.split("=", 1) for line in _text(show.out).splitlines() if "=" in line)
        said, boot = _last_word(active.out), _last_word(enabled.out)
        detail = f"{said or 'no answer'}, {boot or 'no unit file'}"
        if boot == "alias":
            boot = shown.get("UnitFileState", "")
            detail = f"{said}, {boot} as {shown.get('Id')}, of which {service} is an alias"
        known = shown.get("LoadState") not in ("not-found", None)
        at_boot = _ENABLED.get(boot) if known else False
        if boot == "generated":
            at_boot = any(starts_in(service, level, links) for level in "2345")
        return ServiceState(_ACTIVE.get(said), at_boot, known, detail)

    def start(self, service: str) -> list[Argv]:
        """Returns when it has started."""
        return [["systemctl", "start", service]]

    def stop(self, service: str) -> list[Argv]:
        """Returns when it has stopped."""
        return [["systemctl", "stop", service]]

    def restart(self, service: str) -> list[Argv]:
        """Starts it too where it did not run."""
        return [["systemctl", "restart", service]]

    def enable(self, service: str) -> list[Argv]:
        """A masked unit can't be enabled, so the mask goes first."""
        return [["systemctl", "unmask", service], ["systemctl", "enable", service]]

    def disable(self, service: str) -> list[Argv]:
        """systemctl tells the init script's links too."""
        return [["systemctl", "disable", service]]

    def mask(self, service: str) -> list[Argv]:
        """So that nothing starts it, by hand neither."""
        return [["systemctl", "mask", service]]

    def renew(self, service: str) -> list[Argv]:
        """Its links as its [Install] section wants them now."""
        return [["systemctl", "reenable", service]]

    def undo_boot(self, service: str, before: ServiceState) -> list[Argv]:
        """Units have links of their own besides those of the init scripts."""
        if "masked" in before.detail:
            return [*self.disable(service), *self.mask(service)]
        if before.at_boot is None or not before.known:
            return []
        return self.enable(service) if before.at_boot else self.disable(service)


def _text(out: bytes) -> str:
    return out.decode("utf-8", "replace")


def _last_word(out: bytes) -> str:
    """The answer is the last line; for wrapped init scripts other programs may write before it."""
    lines = _text(out).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")

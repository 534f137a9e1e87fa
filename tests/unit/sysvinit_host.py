"""Services of a host in the tests: answers what Debian 12's sysvinit and insserv were recorded to answer (tests/cases).

A script is a file below /etc/init.d of the far end; whether it has an LSB header decides what update-rc.d says of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from irekae.host.services import sysvinit as services
from irekae.host.services.lsb import has_header, insert_header
from tests.unit.farend import FarEnd

CASES = Path(__file__).parents[1] / "cases" / "sysvinit-insserv-1.24.txt"
START = {"2345": "S01", "016": "K01"}


def recorded(title: str, command: str) -> str:
    """What a command said in a scene of the recording."""
    _, _, scene = CASES.read_text().partition(f"== {title}")
    lines = scene.partition("\n== ")[0].splitlines()
    said, on = [], False
    for line in lines:
        on = line == f"$ {command}" if line.startswith("$ ") else on
        if on and line.startswith(("! ", "| ")):
            said.append(line[2:] + "\n")
    return "".join(said)


class Sysvinit:
    """The services of a far end, and the commands that ask for them.

    Attributes:
        running: the services that run.
        stuck: services that do not stop or start, whatever their script says.
    """

    def __init__(self, far: FarEnd, *names: str, headerless: Sequence[str] = ()) -> None:
        self.far = far
        self.running: set[str] = set(names)
        self.stuck: set[str] = set()
        for name in names:
            bare = b"#!/bin/sh\nexit 0\n"
            far.put(f"/etc/init.d/{name}", bare if name in headerless else insert_header(bare, name), 0o755)
            self.link(name, True)
        far.commands = self

    def link(self, name: str, on: bool) -> None:
        """Boot links as insserv makes them."""
        self.unlink(name)
        for level in "0123456":
            start = on and level in "2345"
            self.far.boot[f"rc{level}.d/{'S' if start else 'K'}01{name}"] = f"../init.d/{name}"

    def unlink(self, name: str) -> None:
        """No boot links."""
        self.far.boot = {link: target for link, target in self.far.boot.items() if not link.endswith(f"01{name}")}

    def at_boot(self, name: str) -> bool:
        """Does it start at boot."""
        return f"rc2.d/S01{name}" in self.far.boot

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        """Exit status and output of a command."""
        match list(argv):
            case ["test", "-x", path]:
                return (0 if self.far.path(path).exists() else 1), ""
            case ["grep", ":initdefault:", _]:
                return 0, "id:2:initdefault:\n"
            case ["service", name, "status"]:
                return (0, f"{name} is running.\n") if name in self.running else (3, f"{name} is not running.\n")
            case ["pgrep", "-x", _]:
                return 1, ""
            case ["service", name, "start" | "stop" as verb]:
                if name not in self.stuck:
                    (self.running.add if verb == "start" else self.running.discard)(name)
                return 0, ""
            case ["env", setting, "sh", "-c", _]:
                name = setting.removeprefix("SERVICE=")
                assert [list(argv)] == services.Sysvinit().restart(name)
                return self(["service", name, "stop"], b"") and self(["service", name, "start"], b"")
            case ["update-rc.d", *words]:
                return self.update_rc(words)
        return 0, ""

    def update_rc(self, words: Sequence[str]) -> tuple[int, str]:
        """update-rc.d(8), with insserv's warning of any script that has no header."""
        name, verb = [word for word in words if word != "-f"]
        if not self.headed(name):
            command = f"update-rc.d tcpserver {verb}"
            said = recorded("not linked", command).replace("tcpserver", name)
            return (1 if verb in ("enable", "disable") else 0), said
        if verb == "remove":
            self.unlink(name)
        elif verb == "defaults" and not any(link.endswith(f"01{name}") for link in self.far.boot):
            self.link(name, True)
        elif verb in ("enable", "disable"):
            self.link(name, verb == "enable")
        others = [path.name for path in sorted(self.far.path("/etc/init.d").iterdir()) if not self.headed(path.name)]
        return 0, "".join(f"insserv: warning: script '{other}' missing LSB tags\n" for other in others)

    def headed(self, name: str) -> bool:
        """Has the script an LSB header."""
        return has_header(self.far.path(f"/etc/init.d/{name}").read_bytes())

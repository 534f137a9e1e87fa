"""What both halves of the deploy share."""

from typing import Any

from pyinfra import host
from pyinfra.operations import python

PRODUCTION, STANDBY = "198.51.100.21", "198.51.100.22"


def is_on_production() -> bool:
    """Is the deploy read for the host in production's group."""
    return "production" in host.groups


def _say(number: int) -> None:
    print(f"phase {number} begins", flush=True)


def phase(number: int) -> None:
    """Say on standard output that a phase begins, for whoever measures."""
    python.call(name=f"phase {number}", function=_say, number=number)


def carried_out(on: Any, command: str) -> list[str]:
    """What a command says on a host; an error where it fails."""
    ok, said = on.run_shell_command(command, _sudo=True)
    if not ok:
        raise RuntimeError(f"{command} failed on {on.name}: {said.stderr}")
    return list(said.stdout_lines)


def text_of(on: Any, command: str) -> str:
    """The same in one piece."""
    return "\n".join(carried_out(on, command))

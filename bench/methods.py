"""The ways to carry phases 1 to 8 out, each as commands at the lab's seat, with the phases that they are."""

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".venv" / "bin"  # Ansible and pyinfra, of bench/requirements.lock
ASKED = (1, 6, 8)
PHASES = range(1, 9)


@dataclass(frozen=True)
class Method:
    """One way.

    Attributes:
        name: in the tables.
        commands: run one after the other.
        said: how its output tells a phase's seconds; None where each command is a phase.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    said: str | None = None


def _phase(number: int) -> tuple[str, ...]:
    return (f"phase{number}", *(["--yes"] if number in ASKED else []))


def methods() -> dict[str, Method]:
    """All that can be run here: Ansible and pyinfra where `make bench` has installed it."""
    swap = HERE / "ansible" / "swap.yml"
    found = {
        "script": Method("plain script over warm ssh", (("bash", str(HERE / "raw/run.sh")),), r"phase (\d): ([\d.]+)"),
        "one": Method("irekae, one process", (("fab", *(word for n in PHASES for word in _phase(n))),),
                      r"phase (\d): ([\d.]+) s"),
        "each": Method("irekae, a process a phase", tuple(("fab", *_phase(n)) for n in PHASES)),
    }  # fmt: skip
    if (TOOLS / "ansible-playbook").exists():
        play = (sys.executable, "-m", "bench.ansible.play", str(TOOLS / "ansible-playbook"), str(swap))
        found["ansible"] = Method("Ansible, pipelining", (play,), r"phase (\d): ([\d.]+)")
    if (TOOLS / "pyinfra").exists():
        deploy = (sys.executable, "-m", "bench.deploy.play", str(TOOLS / "pyinfra"), "-y")
        found["pyinfra"] = Method("pyinfra", (deploy,), r"phase (\d): ([\d.]+)")
    return found

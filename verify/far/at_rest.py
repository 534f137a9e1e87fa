"""Which processes live and do nothing: stopped by a signal, frozen with their control group. Changes nothing."""

from __future__ import annotations

STOPPED = "Tt"  # proc(5): by a signal; by whoever traces it
NARROWING = ("cpu.max", "cpu.weight", "cpuset.cpus", "io.max", "memory.high", "memory.max", "pids.max")
GROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
FREEZER = "/sys/fs/cgroup/freezer"  # where each controller has a hierarchy of its own


def at_rest(pid: int) -> str:
    """Why a process does nothing, in a word; "" where it works, or has ended meanwhile."""
    state = text(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1]
    return resting(state[0] if state else "", text(f"/proc/{pid}/cgroup"))


def resting(state: str, groups: str) -> str:
    """The same, by the state of a process, in a letter, and its /proc/PID/cgroup."""
    if state and state in STOPPED:
        return "stopped"
    return "frozen" if is_frozen(group_of(groups)) or is_frozen_alone(group_of(groups, "freezer")) else ""


def group_of(cgroup: str, controllers: str = "") -> str:
    """A control group of a process, by its /proc/PID/cgroup: in the one hierarchy, or one controller's; "" for none."""
    lines = [line.split(":", 2) for line in cgroup.splitlines()]
    return next((line[2] for line in lines if len(line) == 3 and line[1] == controllers), "")


def is_frozen(group: str) -> bool:
    """Whether a control group is frozen, or lies in one that is: what it holds is shown as asleep all the same."""
    return bool(group) and any("frozen 1" in text(f"{top}{group}/cgroup.events").splitlines() for top in GROUPS)


def is_frozen_alone(group: str) -> bool:
    """The same of a group of the freezer's own hierarchy; a group below a frozen one says so, too."""
    return bool(group) and text(f"{FREEZER}{group}/freezer.state").strip() == "FROZEN"


def narrowed(group: str, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """What a control group, or one that it lies in, may use at most: "system.slice/x.service cpu.max" → its value.

    Args:
        group: the control group.
        known: what was read of each already in this look; it is added to.
    """
    steps = group.strip("/").split("/") if group.strip("/") and ".." not in group else []
    folders = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    for folder in folders:
        if folder not in known:
            read = {name: " ".join(text(f"{GROUPS[0]}/{folder}/{name}").split()) for name in NARROWING}
            known[folder] = {f"{folder} {name}": value for name, value in read.items() if value}
    return {key: value for folder in folders for key, value in known[folder].items()}


def text(path: str) -> str:
    """A small file of the kernel's; "" where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as stream:
            return stream.read(1 << 16)
    except OSError:
        return ""

"""Which processes live and do nothing: stopped by a signal, frozen with their control group. Changes nothing."""

from __future__ import annotations

STOPPED = "Tt"  # proc(5): by a signal; by whoever traces it
NARROWING = ("cpu.max", "cpu.weight", "cpuset.cpus", "io.max", "memory.high", "memory.max", "pids.max")
GROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def at_rest(pid: int) -> str:
    """Why a process does nothing, in a word; "" where it works, or has ended meanwhile."""
    state = text(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1]
    if state and state[0] in STOPPED:
        return "stopped"
    return "frozen" if is_frozen(group_of(text(f"/proc/{pid}/cgroup"))) else ""


def group_of(cgroup: str) -> str:
    """The control group of a process, by its /proc/PID/cgroup: that of the one hierarchy; "" where there is none."""
    return next((line[3:] for line in cgroup.splitlines() if line.startswith("0::/")), "")


def is_frozen(group: str) -> bool:
    """Whether a control group is frozen, or lies in one that is: what it holds is shown as asleep all the same."""
    return bool(group) and any("frozen 1" in text(f"{top}{group}/cgroup.events").splitlines() for top in GROUPS)


def narrowed(group: str) -> dict[str, str]:
    """What a control group, or one that it lies in, may use at most: "system.slice/x.service cpu.max" → its value."""
    steps = group.strip("/").split("/") if group.strip("/") and ".." not in group else []
    folders = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    read = {
        f"{folder} {name}": text(f"{GROUPS[0]}/{folder}/{name}").strip() for folder in folders for name in NARROWING
    }
    return {key: " ".join(value.split()) for key, value in read.items() if value}


def text(path: str) -> str:
    """A small file of the kernel's; "" where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as stream:
            return stream.read(1 << 16)
    except OSError:
        return ""

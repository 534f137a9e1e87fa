"""The lab's own network: a namespace with a bridge, the operator's seat on it, no way out."""

import os
import signal
from pathlib import Path

from lab.layout import Lab
from lab.profile import Machine
from lab.shell import run, succeeds

SEAT_CABLE = "ve-seat"


def lay(lab: Lab) -> None:
    """Make the namespace and all in it that is missing."""
    if not lab.netns_path.exists():
        run("ip", "netns", "add", lab.netns)
    _seat_names(lab)
    if _has_link(lab, "seat0"):
        return
    for line in (
        "link add br0 type bridge stp_state 0 forward_delay 0",
        # The seat has a cable of its own, so that it can be cut off while the hosts still see one another.
        f"link add {SEAT_CABLE} type veth peer name seat0",
        f"link set {SEAT_CABLE} master br0",
        # nodad: the seat is alone in its network yet.
        *(f"address add {address} dev seat0{' nodad' * (address.version == 6)}" for address in lab.profile.seat),
        *(f"link set {link} up" for link in ("lo", "br0", SEAT_CABLE, "seat0")),
    ):
        run(*lab.inside("ip", *line.split()))


def _has_link(lab: Lab, link: str) -> bool:
    return succeeds(*lab.inside("ip", "link", "show", link))


def resolver_files(lab: Lab) -> Path:
    """Folder of the seat's own resolv.conf and hosts (`ip netns exec` looks there too)."""
    return Path("/etc/netns") / lab.netns


def _seat_names(lab: Lab) -> None:
    """What the seat's own resolver says (bound over those in /etc)."""
    etc = resolver_files(lab)
    etc.mkdir(parents=True, exist_ok=True)
    (etc / "resolv.conf").write_text(f"nameserver {lab.profile.resolver[1]}\nsearch {lab.profile.domain}\n")
    hosts = "".join(f"{address}\t{m.fqdn}\t{m.name}\n" for m in lab.profile.machines for address in m.addresses)
    (etc / "hosts").write_text(f"127.0.0.1\tlocalhost\n{hosts}")


def cut(lab: Lab, machine: Machine | None) -> None:
    """Pull the network cable of a machine, or of the seat (None), off the bridge. Stays so over a reboot."""
    if machine:
        lab.host(machine).unplugged.touch()
    _plug(lab, machine, "nomaster")


def mend(lab: Lab, machine: Machine | None) -> None:
    """Put the cable back."""
    if machine:
        lab.host(machine).unplugged.unlink(missing_ok=True)
    _plug(lab, machine, "master", "br0")


def _plug(lab: Lab, machine: Machine | None, *where: str) -> None:
    cable = lab.host(machine).cable if machine else SEAT_CABLE
    # A machine that is off has no cable; its hook sees the mark when it starts.
    if machine is None or _has_link(lab, cable):
        run(*lab.inside("ip", "link", "set", cable, *where))


def forget_neighbours(lab: Lab) -> None:
    """The seat forgets which machine had which address: after a swap and a reset they are others, at once."""
    run(*lab.inside("ip", "neighbour", "flush", "dev", "seat0"))


def seat_is_cut(lab: Lab) -> bool:
    """Whether the operator's cable is off the bridge."""
    return "master br0" not in run(*lab.inside("ip", "-o", "link", "show", SEAT_CABLE))


def remove(lab: Lab) -> None:
    """End what still runs at the seat, then take the namespace away."""
    if lab.netns_path.exists():
        for pid in run("ip", "netns", "pids", lab.netns).split():
            if int(pid) not in _ancestors():
                _end(int(pid))
        run("ip", "netns", "delete", lab.netns)
    etc = resolver_files(lab)
    for name in ("resolv.conf", "hosts"):
        (etc / name).unlink(missing_ok=True)
    if etc.exists():
        etc.rmdir()


def _ancestors() -> set[int]:
    """This process and those that it descends from: `lab run sh -c 'lab down'` must not kill itself."""
    found = {os.getpid()}
    pid = os.getppid()
    while pid > 1:
        found.add(pid)
        stat = Path(f"/proc/{pid}/stat").read_text()
        pid = int(stat.rpartition(")")[2].split()[1])
    return found


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return

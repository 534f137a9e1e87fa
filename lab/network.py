"""The lab's own network: a namespace with a bridge, the operator's seat on it, no way out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from lab.errors import LabError
from lab.layout import Lab
from lab.profile import Machine
from lab.shell import run, succeeds

SEAT_CABLE = "ve-seat"
SEAT_HARDWARE = "02:00:5e:00:53:01"
DELAYED = ("delay-in", "delay-out")  # where its two pieces meet, while it is delayed


def lay(lab: Lab) -> None:
    """Make the namespace and all in it that is missing."""
    if not lab.netns_path.exists():
        run("ip", "netns", "add", lab.netns)
    _seat_names(lab)
    if _has_link(lab, "seat0"):
        return
    for line in ("link add br0 type bridge stp_state 0 forward_delay 0", "link set lo up", "link set br0 up"):
        run(*lab.inside("ip", *line.split()))
    _lay_cable(lab, (SEAT_CABLE, "seat0"))


def _lay_cable(lab: Lab, *pieces: tuple[str, str]) -> None:
    """The seat's own cable from the bridge, in as many pieces as are told.

    The seat has one of its own, so that it can be cut off while the hosts still see one another.
    """
    for line in (
        *(f"link add {one} type veth peer name {other}" for one, other in pieces),
        # Always the same: laid anew, it is still the one that the hosts know.
        f"link set seat0 address {SEAT_HARDWARE}",
        *(f"link set {link} addrgenmode none" for piece in pieces for link in piece if link in DELAYED),
        f"link set {SEAT_CABLE} master br0",
        # nodad: the seat is alone in its network yet.
        *(f"address add {address} dev seat0{' nodad' * (address.version == 6)}" for address in lab.profile.seat),
        *(f"link set {link} up" for piece in pieces for link in piece),
    ):
        run(*lab.inside("ip", *line.split()))


def delay(lab: Lab, milliseconds: int) -> None:
    """Let each round trip between the seat and the hosts take so much longer (0: not any more).

    The seat's cable is laid anew: in two pieces, and a process (`delay.py`) that hands on between them what each has
    heard half of that time ago. It ends with the cable.

    Raises:
        LabError: it does not start.
    """
    was_delayed = _has_link(lab, DELAYED[0])
    if not milliseconds and not was_delayed:
        return
    for link in (SEAT_CABLE, DELAYED[1]) if was_delayed else (SEAT_CABLE,):
        run(*lab.inside("ip", "link", "delete", link))
    if not milliseconds:
        _lay_cable(lab, (SEAT_CABLE, "seat0"))
        return
    _lay_cable(lab, (SEAT_CABLE, DELAYED[0]), (DELAYED[1], "seat0"))
    program = [sys.executable, str(Path(__file__).with_name("delay.py")), *DELAYED, str(milliseconds / 2000)]
    none = subprocess.DEVNULL
    hands_on = subprocess.Popen(
        lab.inside(*program), stdin=none, stdout=subprocess.PIPE, stderr=none, start_new_session=True
    )
    assert hands_on.stdout is not None
    with hands_on.stdout as told:
        if told.readline() != b"ready\n":
            raise LabError(f"what delays the seat's cable ended with status {hands_on.wait()}", "lab delay 0")


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

"""The lab as a whole: up, down, reset, and which machine is meant by a name."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import base, container, network, seat
from lab.errors import LabError
from lab.layer import build, locked
from lab.layout import STATE, HostFolder, Lab
from lab.shell import at_once, is_mounted, run, say, step, succeeds, wait_until

ANSWER_DEADLINE = 60
FIRST_WORK_DEADLINE = 240.0  # a first backup itself waits three minutes for the pair


def hosts(lab: Lab) -> list[HostFolder]:
    """All of the lab's machines."""
    return [lab.host(machine) for machine in lab.profile.machines]


def is_made(lab: Lab) -> bool:
    """Whether the lab is up (its hosts may be off)."""
    return _whole(lab).exists() and lab.netns_path.exists() and all(is_mounted(host.rootfs) for host in hosts(lab))


def _whole(lab: Lab) -> Path:
    """Mark that `lab up` once came to its end."""
    return lab.state / "whole"


def require_made(lab: Lab) -> None:
    """LabError where the lab isn't up."""
    if not is_made(lab):
        raise LabError(f"the lab {lab.name} is not up", "lab up", 2)


def up(lab: Lab, overlays: dict[str, list[Path]]) -> None:
    """Build what is missing, boot all hosts, return when they answer. On a lab that is up: switch on what is off."""
    if is_made(lab):
        if overlays:
            raise LabError("--overlay is for a lab that is not up yet", "lab down, then lab up --overlay …", 2)
        _revive(lab)
        return
    down(lab)
    try:
        _assemble(lab, overlays)
    except BaseException:
        say("not finished; `lab up` starts anew, `lab down` cleans up")
        raise


def _revive(lab: Lab) -> None:
    """Switch on what is off in a lab that is up. Its state is left alone: of a changed image, only say so."""
    if any(_is_outdated(host) for host in hosts(lab)):
        say("the image has changed since this lab was made: `lab reset` takes it in")
    at_once([host for host in hosts(lab) if container.is_frozen(host)], container.thaw)
    boot([host for host in hosts(lab) if not container.is_on(host)])


def _is_outdated(host: HostFolder) -> bool:
    wanted = [str(layer.path) for layer in base.layers(host.lab.profile, host.machine)]
    return wanted != host.lowers.read_text().split()[1:]


def _assemble(lab: Lab, overlays: dict[str, list[Path]]) -> None:
    _enter(lab)
    network.lay(lab)
    seat.public_key(lab)
    with step("layers"):
        base.ensure_shared(lab.profile)
        at_once(hosts(lab), lambda host: stack(host, overlays.get(host.machine.key, [])))
    at_once(hosts(lab), insert_empty_disk)
    seat.furnish(lab)
    boot(hosts(lab))
    _wait_for_first_work(hosts(lab))
    _whole(lab).touch()


def _enter(lab: Lab) -> None:
    """Make the lab's folder, where mounts are the same ones at the seat, which has a mount namespace of its own."""
    with locked("state"):
        lab.state.mkdir(parents=True, exist_ok=True, mode=0o711)
        if not is_mounted(STATE):
            run("mount", "--bind", str(STATE), str(STATE))
            run("mount", "--make-private", str(STATE))
            run("mount", "--make-shared", str(STATE))
    lab.site_file.write_text(f"{lab.profile.name}\n")


def _leave(lab: Lab) -> None:
    """Remove the lab's folder; the last lab takes the shared mount away."""
    with locked("state"):
        if lab.state.exists():
            shutil.rmtree(lab.state)
        if is_mounted(STATE) and not any(STATE.iterdir()):
            succeeds("umount", str(STATE))


def stack(host: HostFolder, overlays: Sequence[Path]) -> None:
    """Put the machine's layers together: those of the image, and on them what is this lab's own."""
    profile = host.lab.profile
    below = base.ensure_layers(profile, host.machine)
    host.folder.mkdir(parents=True, exist_ok=True)
    work = host.folder / "pristine-work"
    shutil.rmtree(work, ignore_errors=True)
    steps = ["run:seat.sh", *(f"keep:{tree}" for tree in overlays)]
    build(work, profile.image, below, steps, {"LAB_SEAT_KEY": seat.public_key(host.lab)})
    shutil.rmtree(host.pristine, ignore_errors=True)
    (work / "upper").rename(host.pristine)
    shutil.rmtree(work)
    host.lowers.write_text("".join(f"{layer}\n" for layer in (host.pristine, *below)))
    host.overlays.write_text("".join(f"{tree}\n" for tree in overlays))
    container.describe(host)


def insert_empty_disk(host: HostFolder) -> None:
    """A fresh disk: the host is as before its first boot."""
    container.insert_disk(host)
    container.mount_root(host)


def boot(which: Sequence[HostFolder]) -> None:
    """Switch on and wait until all have booted and those with a cable answer ssh."""
    if not which:
        return
    names = " ".join(host.machine.key for host in which)
    with step(f"boot of {names}"):
        at_once(which, container.switch_on)
        at_once(which, container.wait_booted)
        _wait_for_ssh(which)


def _wait_for_ssh(which: Sequence[HostFolder]) -> None:
    lab = which[0].lab
    if network.seat_is_cut(lab):
        return
    addresses = [own_address(host) for host in which if not host.unplugged.exists()]
    program = str(Path(__file__).with_name("answer.py"))
    command = lab.inside(sys.executable, program, str(ANSWER_DEADLINE), *filter(None, addresses))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"no answer by ssh from {done.stdout.strip()}", "lab console HOST")


def down(lab: Lab) -> None:
    """Stop, unmount and remove everything of the lab but the cache. What isn't there needs no doing."""
    at_once(hosts(lab), container.switch_off)
    for host in hosts(lab):
        container.remove_disk(host)
        container.drop_groups(host)
    network.remove(lab)
    if lab.state.exists():
        _leave(lab)


def reset(lab: Lab, which: Sequence[HostFolder]) -> None:
    """Back to the state before the swap: fresh disks, cables in; with all hosts reset, the seat forgets as well."""
    take_disks_out(lab, which)
    base.ensure_shared(lab.profile)
    at_once([host for host in which if _is_outdated(host)], _stack_again)
    at_once(which, insert_empty_disk)
    seat.furnish(lab)
    if len(which) == len(lab.profile.machines):
        seat.forget_run(lab)
    boot(which)
    _wait_for_first_work(which)


def _wait_for_first_work(which: Sequence[HostFolder]) -> None:
    """A fresh host does something at its first boot, without which the state before the swap isn't whole.

    Last night's backup is made, mail comes to wait in the queues of the servers.
    """
    for host in which:
        for name, what in host.machine.first_work:
            with step(f"{what} of {host.machine.key}"):
                done = host.rootfs / f"var/lib/lab-{name}.done"
                wait_until(f"the {what} is made", done.exists, FIRST_WORK_DEADLINE)


def _stack_again(host: HostFolder) -> None:
    stack(host, [Path(line) for line in host.overlays.read_text().splitlines()])


def take_disks_out(lab: Lab, which: Sequence[HostFolder]) -> None:
    """Cut the power, take the disks out, mend the cables; the seat's too."""
    with step("power off"):
        at_once(which, container.switch_off)
    for host in which:
        container.remove_disk(host)
        network.mend(lab, host.machine)
    network.delay(lab, 0)
    network.mend(lab, None)
    network.forget_neighbours(lab)


def own_address(host: HostFolder) -> str | None:
    """Address that the host's interface has just now (the first one)."""
    pid = container.init_pid(host)
    if pid is None:
        return None
    interface = host.machine.interface
    shown = run("nsenter", "-t", str(pid), "--net", "--", "ip", "-4", "-o", "address", "show", interface).split()
    return shown[3].partition("/")[0] if len(shown) > 3 else None


def own_name(host: HostFolder) -> str:
    """Short name that the host gives itself: of the running system, else of its /etc/hostname."""
    pid = container.init_pid(host)
    if pid is None:
        lines = (line.strip() for line in (host.rootfs / "etc/hostname").read_text().splitlines())
        return next((line for line in lines if line and not line.startswith("#")), "").partition(".")[0]
    return run("nsenter", "-t", str(pid), "--uts", "--", "hostname").strip().partition(".")[0]


def find(lab: Lab, name: str) -> HostFolder:
    """The machine `name`; or the machine that bears the name just now: by its address, else by its host name."""
    require_made(lab)
    for host in hosts(lab):
        if host.machine.key == name:
            return host
    address = next((machine.address for machine in lab.profile.machines if machine.name == name), None)
    bearers = [host for host in hosts(lab) if address and own_address(host) == address]
    bearers = bearers or [host for host in hosts(lab) if own_name(host) == name]
    if len(bearers) != 1:
        who = ", ".join(host.machine.key for host in bearers) or "no machine"
        raise LabError(f"{who} bears the name {name}", f"machines: {lab.profile.keys}", 2)
    return bearers[0]


def status(lab: Lab) -> list[str]:
    """One line a machine."""
    if not is_made(lab):
        return [f"lab {lab.name}: not up"]
    lines = [f"lab {lab.name}: site {lab.profile.name}, network namespace {lab.netns}, seat {lab.seat}"]
    if network.seat_is_cut(lab):
        lines.append("the seat's cable is cut")
    for host in hosts(lab):
        power = "on" if container.is_on(host) else "off"
        cable = "cable cut" if host.unplugged.exists() else ""
        words = (host.machine.key, power, own_name(host), own_address(host) or "-", cable)
        lines.append("{:8} {:4} {:8} {:16} {}".format(*words).rstrip())
    return lines

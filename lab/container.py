"""A lab host as an LXC container: its disk, power switch and root console."""

import os
import select
import subprocess
from pathlib import Path

from lab.errors import LabError
from lab.layout import HostFolder
from lab.profile import SYSTEMD
from lab.shell import is_mounted, run, succeeds, wait_until

DISK_MIB = 2048
BOOT_DEADLINE = 120.0
# LXC's minder of a container never answers who reached it in the moment of a reboot, nor hangs up: ask again.
ANSWER_DEADLINE, TRIES = 10.0, 6
_INSIDE = 9  # file descriptor; dash knows those of one digit

# The host itself must think that it owns its hardware: it may change its network, mount, and reboot. What would reach
# the machine below (its clock, kernel modules, kernel log) is taken away.
_CONFIG = """\
lxc.rootfs.path = dir:{rootfs}
lxc.uts.name = unnamed
lxc.init.cmd = /sbin/init
lxc.apparmor.profile = unconfined
lxc.cap.drop = mac_admin mac_override sys_module sys_rawio sys_time syslog
lxc.mount.auto = proc:mixed sys:mixed
lxc.autodev = 1
lxc.pty.max = 256
lxc.tty.max = 0
lxc.console.path = none
lxc.console.logfile = {folder}/console.log
lxc.net.0.type = veth
lxc.net.0.name = {interface}
lxc.net.0.hwaddr = {hardware}
lxc.net.0.veth.pair = {cable}
lxc.net.0.script.up = {folder}/plug-in
"""
_PLUG_IN = """\
#!/bin/sh
# Called by LXC when it has made the network cable; $5 is its bridge end. (LXC itself would look for the bridge in /sys,
# which shows another network namespace's devices.)
ip link set "$5" up
if [ ! -e {unplugged} ]; then ip link set "$5" master br0; fi
"""


def describe(host: HostFolder) -> None:
    """Write the container's configuration and hooks."""
    machine = host.machine
    hardware = "02:00:" + ":".join(f"{int(part):02x}" for part in machine.address.split("."))
    places = {"folder": host.folder, "rootfs": host.rootfs, "cable": host.cable, "unplugged": host.unplugged}
    script = host.folder / "plug-in"
    script.write_text(_PLUG_IN.format(**places))
    script.chmod(0o755)
    config = host.lab.containers / host.container / "config"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_CONFIG.format(hardware=hardware, interface=machine.interface, **places))


def _lxc(host: HostFolder, tool: str, *args: str) -> list[str]:
    """An lxc-* command for the container. LXC's control socket is an abstract one: it belongs to the namespace."""
    return host.lab.inside(f"lxc-{tool}", "-P", str(host.lab.containers), "-n", host.container, *args)


def _asked(host: HostFolder, tool: str, *args: str) -> subprocess.CompletedProcess[str]:
    """What an lxc-* command says that asks or tells the container's minder something."""
    for _ in range(TRIES):
        try:
            return subprocess.run(
                _lxc(host, tool, *args), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                timeout=ANSWER_DEADLINE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            continue
    raise LabError(f"lxc-{tool} gets no answer for {host.container}", "lab down, then lab up")


def insert_disk(host: HostFolder) -> None:
    """Mount an empty disk over the machine's layers. tmpfs: its size can be changed while the host runs."""
    for folder in (host.disk, host.rootfs):
        folder.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755,inode32", f"disk-{host.container}", str(host.disk))
    host.upper.mkdir()
    host.upper.chmod(0o755)  # the host's /, whatever the umask is
    (host.disk / "work").mkdir()


def mount_root(host: HostFolder) -> None:
    """Mount the root file system: layers below, disk on top. Renaming a folder must work as on a plain disk."""
    lower = ":".join(host.lowers.read_text().split())
    options = f"lowerdir={lower},upperdir={host.upper},workdir={host.disk / 'work'},redirect_dir=on,xino=on"
    run("mount", "-t", "overlay", "-o", options, f"root-{host.container}", str(host.rootfs))


def remove_disk(host: HostFolder) -> None:
    """Unmount root and disk; what was on the disk is gone."""
    for place in (host.rootfs, host.disk):
        while is_mounted(place):
            run("umount", "--lazy", str(place))


def state(host: HostFolder) -> str:
    """LXC's word for the host's state: STOPPED, STARTING, RUNNING, STOPPING, FREEZING, FROZEN …"""
    if not host.lab.netns_path.exists():
        return "STOPPED"
    done = _asked(host, "info", "-sH")
    return done.stdout.strip() if done.returncode == 0 else "STOPPED"


def is_on(host: HostFolder) -> bool:
    """Whether the host runs, or is on its way up or down."""
    return state(host) != "STOPPED"


def is_frozen(host: HostFolder) -> bool:
    """Whether a snapshot that was interrupted left the host frozen."""
    return state(host) == "FROZEN"


def init_pid(host: HostFolder) -> int | None:
    """Process id, seen from here, of the host's init."""
    if not host.lab.netns_path.exists():
        return None
    done = _asked(host, "info", "-pH")
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else None


def switch_on(host: HostFolder) -> None:
    """Start the host; returns when its init runs, not when it has booted."""
    log = host.folder / "lxc.log"
    start = _lxc(host, "start", "-d", "-l", "INFO", "-o", str(log))
    done = subprocess.run(start, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        raise LabError(f"{host.container} did not start", f"see {log}")


def switch_off(host: HostFolder) -> None:
    """Cut the power: every process is gone at once, nothing is shut down."""
    # Again and again: a host that was just about to reboot comes back after the first cut.
    wait_until(f"{host.container} is off", lambda: _is_dead(host), 30)


def _is_dead(host: HostFolder) -> bool:
    if is_on(host):
        _asked(host, "stop", "-k")
        return False
    left_over = _processes(host)
    for pid in left_over:
        # The one that minded the container was killed: no lxc-stop reaches it any more.
        succeeds("kill", "-KILL", str(pid))
    return not left_over


def _groups(host: HostFolder, kind: str) -> list[Path]:
    """The container's control groups; LXC appends -1, -2 … where a killed container's group is still there."""
    names = (host.container, f"{host.container}-[0-9]*")
    return [path for name in names for root in _group_roots() for path in root.glob(f"lxc.{kind}.{name}")]


def _group_roots() -> list[Path]:
    """The one tree of cgroup 2, or each controller's of cgroup 1."""
    top = Path("/sys/fs/cgroup")
    return [top, *(path for path in top.iterdir() if path.is_dir() and not path.name.startswith("lxc."))]


def drop_groups(host: HostFolder) -> None:
    """Remove the control groups that a killed container left."""
    for top in (*_groups(host, "payload"), *_groups(host, "monitor")):
        for folder in sorted([top, *(path for path in top.rglob("*") if path.is_dir())], reverse=True):
            folder.rmdir()


def _processes(host: HostFolder) -> set[int]:
    """Processes in the container's control groups."""
    pids: set[int] = set()
    for group in _groups(host, "payload"):
        pids.update(int(pid) for pid in (group / "cgroup.procs").read_text().split())
    return pids


def console(host: HostFolder, command: list[str]) -> int:
    """Run `command` as root on the host, past its network and its sshd; its exit status."""
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    environment["TERM"] = os.environ.get("TERM", "dumb")
    settings = [f"--set-var={name}={value}" for name, value in environment.items()]
    # It says that it is inside before it becomes the command; and it ends with us.
    enter = ["sh", "-c", f'echo >&{_INSIDE}; exec "$@" {_INSIDE}>&-', "console", *command]
    argv = ["setpriv", "--pdeathsig", "KILL", *_lxc(host, "attach", "--clear-env", *settings, "--", *enter)]
    for _ in range(TRIES):
        if (process := _entered(argv)) is not None:
            status = process.wait()
            return status if status >= 0 else 128 - status
    raise LabError(f"lxc-attach gets no answer for {host.container}", "lab down, then lab up")


def _entered(argv: list[str]) -> subprocess.Popen[bytes] | None:
    """The attaching process, once its command runs or it has failed; None, and nothing left, when it gets no answer."""
    here, there = os.pipe()
    os.dup2(there, _INSIDE)
    os.close(there)
    process = subprocess.Popen(argv, pass_fds=[_INSIDE])
    os.close(_INSIDE)
    answers, _, _ = select.select([here], [], [], ANSWER_DEADLINE)
    os.close(here)
    if answers:
        return process
    process.kill()
    process.wait()
    return None


def wait_booted(host: HostFolder) -> None:
    """Wait until init has started all that it starts."""
    wait_until(f"{host.container} has booted", lambda: _has_booted(host), BOOT_DEADLINE)


def _has_booted(host: HostFolder) -> bool:
    return (_systemd_has_booted if host.lab.profile.init == SYSTEMD else _sysvinit_has_booted)(host)


def _systemd_has_booted(host: HostFolder) -> bool:
    """Systemd is done with its first jobs; whether all units came up is not asked."""
    init = init_pid(host)
    ask = ["nsenter", "-t", str(init), "--mount", "--pid", "--", "systemctl", "is-system-running"]
    done = subprocess.run(ask, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return init is not None and done.stdout.strip() in ("running", "degraded")


def _sysvinit_has_booted(host: HostFolder) -> bool:
    """Init shows its runlevel in its command line; `rc` runs as long as scripts do."""
    init = init_pid(host)
    try:
        if init is None or not Path(f"/proc/{init}/cmdline").read_text().startswith("init [2]"):
            return False
        children = Path(f"/proc/{init}/task/{init}/children").read_text().split()
        running = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in children}
    except (FileNotFoundError, ProcessLookupError):
        return False  # a process ended while it was looked at: ask again
    return "rc" not in running


def _told(host: HostFolder, tool: str) -> None:
    done = _asked(host, tool)
    if done.returncode != 0:
        raise LabError(f"lxc-{tool} of {host.container} ended with status {done.returncode}", done.stderr.strip())


def freeze(host: HostFolder) -> None:
    """Let no process of the host run."""
    _told(host, "freeze")


def thaw(host: HostFolder) -> None:
    """Let the host go on."""
    _told(host, "unfreeze")


def fill(host: HostFolder, leave_kib: int) -> None:
    """Shrink the host's disk to what is on it, and `leave_kib` more."""
    space = os.statvfs(host.disk)
    used_kib = (space.f_blocks - space.f_bfree) * space.f_frsize // 1024
    _resize(host, f"{used_kib + leave_kib}k")


def drain(host: HostFolder) -> None:
    """Give the disk its normal size again."""
    _resize(host, f"{DISK_MIB}m")


def _resize(host: HostFolder, size: str) -> None:
    run("mount", "-o", f"remount,size={size}", str(host.disk))

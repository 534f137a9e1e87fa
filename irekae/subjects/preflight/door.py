"""Can root's way in (phases 2 to 4) be opened for the copy, and will it close by itself."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects import each_minute
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.subjects.root_door import HOOK, SCRIPT, key, sshd
from irekae.swap.swap import Swap

# What the script that closes it runs, beside what programs.py asks every host for.
PROGRAMS = ("timeout", "setsid", "sync", "cmp")


def cannot_close(swap: Swap) -> Iterable[Obstacle]:
    """Each of the standby's keepers can do its work (2.2)."""
    host = swap.standby
    if why := each_minute.choose(host, swap.site).problem(host, swap.site):
        yield Obstacle(f"{why} (2.2)", f"start cron on {host.name}, Debian's where there is none", host.name)
    if not host.link.facts["systemd"] and not host.exists(HOOK.rpartition("/")[0]):
        what = "neither systemd nor ifupdown is there: nothing would close root's way in at boot (2.2)"
        yield Obstacle(what, "install ifupdown", host.name)
    looks = host.look_at_all([("which", name) for name in PROGRAMS])
    missing = [name for name, found in zip(PROGRAMS, looks, strict=True) if found.status != 0]
    if missing:
        what = f"{', '.join(missing)} missing: root's way in would not close by itself (2.2)"
        yield Obstacle(what, "install util-linux, coreutils, diffutils", host.name)
    bin_ = SCRIPT.rpartition("/")[0]
    if host.look("test", "-w", bin_).status != 0:
        yield Obstacle(f"{bin_} cannot be written to (2.2)", "mount it read-write, or make it", host.name)


def no_programs_run(swap: Swap) -> Iterable[Obstacle]:
    """The state folder's file system lets programs run: the copy's script lies there (0.4, 3.1)."""
    for host in (swap.production, swap.standby):
        mount, options = _mount_of(host, swap.site.site.state)
        if "noexec" in options:
            what = f"{swap.site.site.state} lies on {mount}, which is mounted noexec: nothing can be run from there"
            yield Obstacle(what, f"mount -o remount,exec {mount}", host.name)


def _mount_of(host: Host, path: str) -> tuple[str, list[str]]:
    """Where the file system of a path is mounted, and how (proc(5), /proc/mounts)."""
    mounts = [line.split() for line in host.query("cat", "/proc/mounts").text.splitlines()]
    above = [fields for fields in mounts if f"{path}/".startswith(fields[1].rstrip("/") + "/")]
    found = max(above, key=lambda fields: len(fields[1]), default=["", "/", "", ""])
    return found[1], found[3].split(",")


def key_refused(swap: Swap) -> Iterable[Obstacle]:
    """The standby's sshd would let the copy's key in, once root may log in at all (2.1)."""
    host, source = swap.standby, swap.production.entry
    for why in key.refusals(sshd.effective(host, source.address, source.fqdn)):
        remedy = f"sshd_config on {host.name}: a Match block for User root Address {source.address} may allow it"
        yield Obstacle(f"sshd would refuse the copy's key: {why} (2.1)", remedy, host.name)

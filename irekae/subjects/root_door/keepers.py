"""Who closes root's way in though nobody comes back (2.2): a look each minute, a process on this boot's clock, a boot.

Cron (systemd's timers where it does not run) and the process are independent of each other, and each is proved alive
before the way is opened.
"""

import math
import shlex
import time

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.subjects import each_minute
from irekae.subjects.each_minute import at_boot
from irekae.subjects.each_minute.texts import RELOAD, drop_in, drop_in_text
from irekae.subjects.root_door import EARLY, HOOK, JOB, OWN, SCRIPT, UNIT, folder
from irekae.subjects.root_door.script import BEAT, CLOSING, close_script, hook, unit
from irekae.subjects.root_door.script import WATCH as WATCHING
from irekae.swap.swap import Swap

PROVED = 15.0  # seconds in which the process must have looked once more
CLOSED = 60  # seconds in which the host closes its way in, sshd's restart and all
LOOK = 0.1  # seconds between two looks at that
BEATS = 2.5  # seconds: one who looks each second has done so in these
WATCH = ("sh", SCRIPT, "watch")
BOOT = UNIT.rpartition("/")[2]


def install(host: Host, swap: Swap) -> None:
    """Write the deadline, then each keeper, and start the process.

    Whoever closes just now, the lease before being over, is waited for: he takes the keepers away at his end.

    Raises:
        SwapError: that takes too long.
    """
    where, door = folder(swap), swap.site.root_door
    ssh = ServiceHandle(host, swap.site.services["ssh"])
    restart = "\n".join(shlex.join(argv) for argv in ssh.manager.restart(ssh.init))
    clock = host.link.ask("clock")
    seconds = 60 * door.lease
    host.remember(f"{where}/deadline", f"{clock['boot_id']} {int(clock['uptime']) + seconds} {seconds}\n".encode())
    if not host.planned and host.look("flock", "-w", str(CLOSED), CLOSING, "true").status != 0:
        raise SwapError(
            f"the lease before is just being closed on {host.name}, and that has not ended after {CLOSED} s",
            hint=f"wait a minute, then `fab -H {host.name} phase2` again",
        )
    host.record.ground.change("remove", path=f"{where}/told")
    host.put(SCRIPT, close_script(where, door.sshd_config, restart), 0o755, own=OWN[SCRIPT])
    each_minute.choose(host, swap.site).install(host, JOB)
    if host.link.facts["systemd"]:
        _install_unit(host)
    else:
        host.put(HOOK, hook(), 0o755, own=OWN[HOOK])
    if not host.planned:
        _start(host, where)


def _install_unit(host: Host) -> None:
    """Have each boot close it, by a unit; an undo has systemd forget that when its files are gone."""
    early = drop_in(EARLY)
    wanted = {UNIT: unit(), early: drop_in_text((BOOT,))}
    if all((held := host.find(path)) and held.data == data for path, data in wanted.items()):
        host.check(*RELOAD)  # whoever put them there may have been ended before systemd heard of them
        return
    host.run(*RELOAD, undo=Back(RELOAD, HARMLESS))
    host.put(UNIT, wanted[UNIT], 0o644, own=OWN[UNIT])
    at_boot.pull(host, EARLY, (BOOT,), OWN[early])
    host.run(*RELOAD)


def _start(host: Host, where: str) -> None:
    """Start the process; where one runs already, it ends at once."""
    # In a group of its own: the operator's session may be ended with all that is in it.
    own_group = ["systemd-run", "--quiet", "--collect", "--", *WATCH]
    if host.link.facts["systemd"] and host.look(*own_group).status == 0:
        return
    host.link.ask("spawn", argv=list(WATCH), log=f"{where}/watch.log")


def remove(host: Host, swap: Swap) -> None:
    """The way in is closed: nothing is left to keep. The process ends by itself when it sees that."""
    each_minute.remove(host, JOB)
    host.remove(HOOK, OWN[HOOK])
    if host.exists(UNIT) or (host.link.facts["systemd"] and not at_boot.lacks(host, (BOOT,))):
        host.run(*RELOAD, undo=Back(RELOAD, HARMLESS))
        at_boot.let_go(host, EARLY, OWN[drop_in(EARLY)])
        host.remove(UNIT, OWN[UNIT])
        host.run(*RELOAD)
    host.remove(SCRIPT, OWN[SCRIPT])
    host.record.ground.change("remove", path=f"{folder(swap)}/deadline")


def want_alive(host: Host, swap: Swap) -> None:
    """Each keeper must be able to do its work before root's way in is opened (2.1).

    Raises:
        SwapError: which one is not, and why.
    """
    if host.planned:
        return
    dead = [why for why in (_minute_problem(host, swap), _boot_problem(host), _watch_problem(host, swap)) if why]
    if dead:
        kept = each_minute.is_kept(host, JOB)
        lease = "" if kept else f"`fab -H {host.name} phase2.lease` sets a lease (2.2), also a waived one; "
        raise SwapError(
            f"root's way in is not opened on {host.name}: it would not close by itself for certain",
            "\n".join(dead),
            f"{lease}mend what else is named on {host.name}, then `fab -H {host.name} phase2`",
        )


def _minute_problem(host: Host, swap: Swap) -> str:
    if not each_minute.is_kept(host, JOB):
        return f"{JOB.name} is not run each minute any more: the lease has run out, or somebody removed it"
    return each_minute.failure(host, swap.site, JOB)


def _boot_problem(host: Host) -> str:
    if host.link.facts["systemd"]:
        return "systemd would not close it at boot" if at_boot.lacks(host, (BOOT,)) else ""
    return "" if host.exists(HOOK) else "nothing would close it at boot"


def _watch_problem(host: Host, swap: Swap) -> str:
    """Has the process looked just now, and does it hold its lock still; one that died is started once more."""
    again, limit = time.monotonic() + PROVED / 3, time.monotonic() + PROVED
    while not _is_watching(host):
        if time.monotonic() > limit:
            return f"the process that watches the deadline ({' '.join(WATCH)}) does not live: {folder(swap)}/watch.log"
        if time.monotonic() > again:
            again = limit
            _start(host, folder(swap))
        pause(LOOK)
    return ""


def _is_watching(host: Host) -> bool:
    """The lock is asked for behind a look alone: whoever has looked has it, and one who begins must find it free."""
    if host.link.ask("clock")["uptime"] - _last_look(host) > BEATS:
        return False
    return host.look("flock", "-n", WATCHING, "true").status == 1


def _last_look(host: Host) -> float:
    found = host.find(BEAT)
    try:
        return float(found.data) if found else -math.inf
    except ValueError:
        return -math.inf

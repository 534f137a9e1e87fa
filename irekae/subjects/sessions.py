"""Sessions and processes of people (1.1 and 1.2)."""

import re
import signal
from collections.abc import Collection
from typing import Any

from irekae.host.host import Host
from irekae.host.services.shown import properties_of
from irekae.model.errors import SwapError
from irekae.model.items import On
from irekae.site.site import AccountRange, Site

Process = dict[str, Any]
# sshd names its child for a session "sshd: user@pts/0" or "sshd: user@notty", its parent "sshd: user [priv]".
_SESSION = re.compile(r"sshd(?:-session)?: [^@\s]+@")
_SSHD = re.compile(r"/usr/(?:local/)?(?:sbin/sshd|lib/openssh/sshd-session)(?: \(deleted\))?")
SESSION_WAIT = 5  # seconds between HUP and KILL
END_WAIT = 30  # seconds for all processes of users to end, however quickly they fork
# What starts users' own work: their sessions and jobs end in any case.
OF_USERS = ("sshd", "cron", "crond", "atd", "anacron", "fcron", "systemd-logind", "login")
# systemd.kill(5): nothing of the unit stays behind its stop.
ENDED_BY_STOP = ("control-group", "mixed")
SHOWN = 200  # processes that are written down; a user may have ten thousand


def sessions_of(table: list[Process], stay: set[str]) -> list[Process]:
    """The processes that carry the login sessions of everybody but those who stay.

    Args:
        table: the process table.
        stay: account names.
    """
    leaders = []
    for process in table:
        # A title that a user gave to a process of his own says nothing: whose it is, the kernel says.
        by_ssh = _SSHD.fullmatch(process["program"]) and _SESSION.match(" ".join(process["words"]))
        on_console = process["tty"] and process["pid"] == process["session"]
        if (by_ssh or on_console) and process["uid"] != 0 and process["owner"] not in stay:
            leaders.append(process)
    return leaders


def ordinary(
    table: list[Process],
    accounts: AccountRange,
    stay: set[str],
    daemons: Collection[str] = (),
    units: Collection[str] = (),
) -> list[Process]:
    """Processes of users' UIDs, but for those who stay, and for what these daemons and units have started for users.

    A delivery into a user's mailbox runs as the user; a daemon of that name that is a user's own spares nothing.
    """
    low, high = accounts.uid_min, accounts.uid_max
    by_pid = {process["pid"]: process for process in table}
    heads = {process["pid"] for process in table if process["name"] in daemons and not low <= process["uid"] <= high}
    return [
        process
        for process in table
        if low <= process["uid"] <= high
        and process["owner"] not in stay
        and process.get("unit") not in units
        and not heads & above(process, by_pid)
    ]


def units_stopped_next(host: Host, site: Site) -> set[str]:
    """The units that 1.3 and 1.4 stop with all that they run for users: their masters would start it anew until then.

    What else runs as a user is ended, whatever started it: nothing would stop it before the copy.
    """
    names = [*site.service_items.pause, *(site.service_items.retire if host.role is On.PRODUCTION else [])]
    services = [one.init for one in site.services_of(names) if one.process not in OF_USERS]
    if not (services and host.link.facts["systemd"]):
        return set()
    said = host.look("systemctl", "show", "--property=Id", "--property=KillMode", *services).text
    return {one["Id"] for one in properties_of(said) if one.get("Id") and one.get("KillMode") in ENDED_BY_STOP}


def above(process: Process, by_pid: dict[int, Process]) -> set[int]:
    """The ids of the processes that a process comes from, by their numbers."""
    found: set[int] = set()
    while (parent := process["parent"]) in by_pid and parent not in found:
        found.add(parent)
        process = by_pid[parent]
    return found


def end_sessions(host: Host, stay: set[str], warning: str) -> None:
    """Warn, then hang up the sessions; what is still there after a wait is killed."""
    found = sessions_of(host.link.ask("processes"), stay)
    if not found:
        return
    host.run("wall", stdin=warning.encode() + b"\n")
    told = _announce(host, found, "session", "sessions")
    if host.planned:
        return
    left = ask(host, found, signal.SIGHUP, SESSION_WAIT)
    _want_none(host, ask(host, left, signal.SIGKILL, SESSION_WAIT))
    for line in told:
        host.say(f"ended {line[:100]}")


def end_processes(
    host: Host,
    accounts: AccountRange,
    stay: set[str],
    wait: float,
    daemons: Collection[str] = (),
    units: Collection[str] = (),
) -> None:
    """TERM, and after wait seconds KILL to whatever these users run by then: to all of it at once, for it may fork.

    What the daemons and units have started for a user is left to end by itself, or to their stop; then his other
    processes are killed one by one.

    Raises:
        SwapError: some are still there at the deadline.
    """
    found = ordinary(host.link.ask("processes"), accounts, stay, daemons, units)
    users = {"low": accounts.uid_min, "high": accounts.uid_max, "stay": sorted(stay)}
    # What hands itself on from process to process, each gone at once, is in no list.
    unseen = set(host.link.ask("busy_users", **users)) - {process["uid"] for process in found}
    if not found and not unseen:
        return
    told = _announce(host, found, "process", "processes", unseen)
    if host.planned:
        return
    ask(host, found, signal.SIGTERM, wait)
    # All of a user's processes are killed at once, and who gets mail at this moment is left out of that.
    table = host.link.ask("processes")
    left = ordinary(table, accounts, stay, daemons, units)
    served = {process["owner"] for process in ordinary(table, accounts, stay) if process not in left}
    users["stay"] = sorted({*stay, *served})
    host.link.ask("end_users", timeout=END_WAIT, **users)
    ask(host, [process for process in left if process["owner"] in served], signal.SIGKILL, SESSION_WAIT)
    _want_none(host, ordinary(host.link.ask("processes"), accounts, stay, daemons, units))
    if still := host.link.ask("busy_users", **users):
        hint = f"somebody else starts them: a job of cron's, a login? Then `fab -H {host.name} phase1.processes` again"
        raise SwapError(f"users {still} on {host.name} have processes that come and go", "", hint)
    for line in told:
        host.say(f"ended {line[:100]}")


def ask(host: Host, processes: list[Process], number: signal.Signals, wait: float) -> list[Process]:
    """Send a signal to processes and wait; those that are still there after so many seconds."""
    if not processes:
        return []
    known = {"pids": [process["pid"] for process in processes], "starts": [process["start"] for process in processes]}
    host.link.ask("signal", number=int(number), **known)
    left = host.link.ask("wait_gone", timeout=wait, **known)
    return [process for process in processes if process["pid"] in left]


def _announce(host: Host, found: list[Process], noun: str, nouns: str, unseen: Collection[int] = ()) -> list[str]:
    """Write down what is about to be ended; the lines that say so. unseen: users whose processes are in no list."""
    lines = [_line(process) for process in found[:SHOWN]]
    lines += [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    lines += [f"of user {uid}, which come and go" for uid in sorted(unseen)]
    count = len(found) + len(unseen)
    what = f"end {count} {noun if count == 1 else nouns}"
    host.record.change(what, {"kind": "none"}, lines=tuple(lines))
    return lines


def _line(process: Process) -> str:
    return f"{process['owner']} {process['pid']} {' '.join(process['words']) or process['name']}"


def _want_none(host: Host, left: list[Process]) -> None:
    if left:
        hint = "a process that hangs in the kernel ends with a reboot; that it shall stay says "
        hint += f'`fab waive {host.record.item} --host {host.entry.name} --why "…"`'
        units = sorted({str(unit) for one in left if (unit := one.get("unit", "")).endswith(".service")})
        if units:
            named = ", ".join(units)
            hint = (
                f"what {named} runs is started anew: stop it, or name it in [services] and [service_items] pause; "
                f"{hint}"
            )
        lines = "\n".join(_line(process)[:200] for process in left[:SHOWN])
        raise SwapError(f"{len(left)} on {host.name} did not end, not even by KILL", lines, hint)

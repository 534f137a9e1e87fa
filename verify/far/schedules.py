"""Whether something will run the backup scripts again, and whether there is room for what they bring. Changes nothing.

Run as the backups' user: his own cron table and timers, the system's, and what cron's daemon shows to everybody.
"""

from __future__ import annotations

import functools
import glob
import os
import re
from collections.abc import Iterator
from typing import Any

from verify.far.at_rest import at_rest, text
from verify.far.crons import content as table
from verify.far.crons import jobs_of
from verify.far.on_demand import blocks
from verify.far.system import ran

CRONS = ("cron", "crond", "fcron", "dcron")
PERIODS = "hourly", "daily", "weekly"
AT_BOOT = {"enabled", "generated", "alias", ""}
BY_OTHERS = {"static", "indirect"}
"""Nothing of its own starts it: what wants it does, where there is such."""
ASKED = (
    "Id,WantedBy,RequiredBy,ActiveState,SubState,UnitFileState,Triggers,NextElapseUSecRealtime,NextElapseUSecMonotonic"
)
PATHS = re.compile(r"(?:~|\$HOME|\$\{HOME\})?(?:/[\w.+-]+)+")
SMALL, LEAST = 1 << 31, 1 << 26
"""Bytes: with less than the second a disk is full, and where a fiftieth is free, with less than the first."""
FEW = 1000  # inodes


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Of each of `scripts` in `home`: `by`, what runs it; `idle`, what would run it and does not, and why; `full`.

    Args:
        request: `scripts`, name → path of its log.
    """
    home = request["home"]
    known = [*by_cron(), *by_timers()]
    found = {}
    for script, log in request["scripts"].items():
        mine = [(where, why) for where, said, why in known if leads_to(said, script, home)]
        found[script] = {
            "by": [where for where, why in mine if not why],
            "idle": [f"{where}: {why}" for where, why in mine if why],
            "full": sorted(full(folders(f"{home}/{script}", log, home))),
        }
    return {"scripts": found}


def leads_to(said: str, script: str, home: str) -> bool:
    """Whether a job runs the script, itself or by a script that it names."""
    paths = (re.sub(r"^(~|\$HOME|\$\{HOME\})", home, path) for path in PATHS.findall(said))
    return is_named(said, script) or any(is_named(content(path), script) for path in paths if os.path.isfile(path))


def is_named(said: str, script: str) -> bool:
    """Whether a text names the script, other than in a comment."""
    name = re.compile(rf"(?<![\w.-]){re.escape(os.path.basename(script))}(?![\w-])")
    return any(name.search(line) for line in said.splitlines() if not line.lstrip().startswith("#"))


@functools.lru_cache(maxsize=None)
def content(path: str) -> str:
    """What a script says; a program says nothing."""
    said = table(path)
    return "" if "\0" in said else said


def by_cron() -> Iterator[tuple[str, str, str]]:
    """Every job of cron's that can be read: where it stands, what it says, why cron does not run it."""
    why = cron_rests()
    for line in jobs_of("\n".join(output("crontab", "-l"))):
        yield "his cron table", line, "only at a boot" if line.startswith("@reboot") else why
    for path in ("/etc/crontab", *sorted(glob.glob("/etc/cron.d/*"))):
        for line in jobs_of(table(path)):
            yield path, line, "only at a boot" if line.startswith("@reboot") else why
    for path in sorted(path for period in PERIODS for path in glob.glob(f"/etc/cron.{period}/*")):
        yield path, f"{path}\n{content(path)}", why


def cron_rests() -> str:
    """Why cron runs no job, now or behind the next boot; "" where it does, or where that cannot be told."""
    names = [name for pid in filter(str.isdigit, os.listdir("/proc")) for name in cron_of(pid)]
    if not names:
        hidden = not os.path.exists("/proc/1/stat") or output("systemctl", "is-active", "cron.target") == ["active"]
        return "" if hidden else "cron does not run"
    states = output("systemctl", "is-enabled", *(f"{name}.service" for name in sorted(set(names))))
    if os.path.isdir("/run/systemd/system"):
        return "" if AT_BOOT & set(states) or not states else "cron is not started at boot"
    links = [link for name in names for link in glob.glob(f"/etc/rc[2345].d/S??{name}")]
    return "" if links or not glob.glob("/etc/rc2.d/S*") else "cron is not started at boot"


def cron_of(pid: str) -> list[str]:
    """The name of cron's daemon, where the process is that and works; its jobs have children of its name."""
    name = text(f"/proc/{pid}/comm").strip()
    try:
        is_roots = os.stat(f"/proc/{pid}").st_uid == 0
    except OSError:
        return []
    is_job = "CRON" in text(f"/proc/{pid}/cmdline")
    return [name] if name in CRONS and is_roots and not is_job and not at_rest(int(pid)) else []


def by_timers() -> Iterator[tuple[str, str, str]]:
    """Every timer of the system's and of the user's own: its name, what it runs, why it does not."""
    for whose in ((), ("--user",)):
        for timer in units(whose, ASKED, ["*.timer"]):
            called = timer.get("Triggers", "").split()
            run = units(whose, "Id,ExecStart", called) if called else []
            yield timer.get("Id", ""), "\n".join(unit.get("ExecStart", "") for unit in run), timer_rests(timer)


def timer_rests(timer: dict[str, str]) -> str:
    """Why a timer starts nothing, now or behind the next boot."""
    times = {timer.get("NextElapseUSecRealtime", ""), timer.get("NextElapseUSecMonotonic", "")}
    armed = bool(times - {"", "0", "infinity"}) or timer.get("SubState") == "running"
    if timer.get("ActiveState") != "active" or not armed:
        return "is not armed"
    word, wanted = timer.get("UnitFileState", ""), timer.get("WantedBy") or timer.get("RequiredBy")
    return "" if word in AT_BOOT or (word in BY_OTHERS and wanted) else "is not started at boot"


def units(whose: tuple[str, ...], asked: str, names: list[str]) -> list[dict[str, str]]:
    """What systemd says of units."""
    return blocks("\n".join(output("systemctl", *whose, "show", f"--property={asked}", "--", *names)))


def output(*words: str) -> list[str]:
    """The lines that a program prints, whatever its status; none where it isn't there or does not end."""
    return ran(*words, patience=30, XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}")[1].splitlines()


def folders(script: str, log: str, home: str) -> set[str]:
    """Where a script may write: the home, the log's folder, and folders that it names and the user may write."""
    named = (re.sub(r"^(~|\$HOME|\$\{HOME\})", home, path) for path in PATHS.findall(content(script)))
    own = (path for path in named if os.path.isdir(path) and os.access(path, os.W_OK) and holds_data(path))
    return {path for path in (home, os.path.dirname(log), *own) if os.path.isdir(path)}


def holds_data(path: str) -> bool:
    """Whether a folder lies on a file system for data: one for locks and sockets is smaller than `full` wants free."""
    size = os.statvfs(path)
    return size.f_blocks * size.f_frsize >= LEAST


def full(places: set[str]) -> Iterator[str]:
    """Those on a file system with no room left for a backup."""
    for path in places:
        size = os.statvfs(path)
        free, whole = size.f_bavail * size.f_frsize, size.f_blocks * size.f_frsize
        if size.f_flag & os.ST_RDONLY:
            yield f"{path} cannot be written to"
        elif free < LEAST or (free < SMALL and free * 50 < whole):
            yield f"{path} has {free >> 20} MiB left"
        elif size.f_files and size.f_favail < FEW and size.f_favail * 50 < size.f_files:
            yield f"{path} has room for {size.f_favail} more files"

"""Keeps what is there right after a boot (8.1), and tells later what has become of it since."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from typing import Any

from verify.far.active_units import kept as kept_units
from verify.far.active_units import since, units
from verify.far.ask import boot_time
from verify.far.changed import NEVER, differences, end_of_boot, late, stated
from verify.far.kernel import kernel
from verify.far.ordinary import kept as kept_lines
from verify.far.ordinary import looked_up
from verify.far.places import data_folders, otherwise, places
from verify.far.readers import Readers
from verify.far.running import daemons, is_booting
from verify.far.strangers import processes
from verify.far.system import said, sockets, system
from verify.far.trees import Entry, Scan

NAME = "booted.json"
AHEAD = "looked-ahead.json"
VERSION = 1
BOOT_ID = "/proc/sys/kernel/random/boot_id"
PAUSE = 0.3
LOOKS = 3  # as often must the same daemons be seen before a boot has ended


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Keep the record (`keep`), or compare with it; `ahead`: of what is to boot later, take the digests already.

    Args:
        request: `state`, the folder that the host remembers in; `by_itself`, the site's own paths that change by
            themselves; `mail`, where its tables are named (`system`, `config`); with `keep`: `daemons`, names of
            processes that the boot must have started, `ours`, paths that the swap itself changes after the boot,
            `deadline` in seconds.
    """
    if request.get("ahead"):
        return look_ahead(request)
    return keep(request) if request.get("keep") else compare(request)


def look_ahead(request: dict[str, Any]) -> dict[str, Any]:
    """Spare the boot the digests of what stays as it is until then: of a large /usr they take minutes."""
    os.nice(19)
    said("ionice", "-c", "3", "-p", str(os.getpid()))
    scan = Scan(request["by_itself"], known(request["state"])).whole()
    write(request["state"], {"version": VERSION, "found": scan.found}, AHEAD)
    return {"paths": len(scan.found), "bytes": scan.digested, "undigested": scan.undigested, "more": scan.more}


def keep(request: dict[str, Any]) -> dict[str, Any]:
    """Wait for the boot's end, then write down what is there."""
    missing = await_the_end(request["daemons"], request["deadline"])
    began = time.time()
    scan = Scan(request["by_itself"], known(request["state"])).whole()
    booted, running = boot_time(), daemons()
    kept, more = places(request["by_itself"], running)
    salt, readers = secrets.token_hex(16), Readers(running)
    record = {
        "version": VERSION,
        "salt": salt,
        "boot_id": boot_id(),
        "booted": booted,
        "at": began,
        "by_itself": request["by_itself"],
        "found": scan.found,
        "lines": kept_lines(scan.found, filter(readers.may_hold, scan.found), salt),
        "named": sorted(scan.named),
        "late": late(scan.found, end_of_boot(running, booted), request["ours"]),
        "daemons": running,
        "places": kept,
        "data": data_folders(running),
        "sockets": sockets(),
        "system": {**system(), **kernel()},
        "units": kept_units(units()),
    }
    write(request["state"], record)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{request['state']}/{AHEAD}")
    told = {"paths": len(scan.found) + len(kept), "bytes": scan.digested, "undigested": scan.undigested}
    return {**told, "more": scan.more or more, "missing": missing, "late": record["late"], "boot_id": record["boot_id"]}


def compare(request: dict[str, Any]) -> dict[str, Any]:
    """What has become since of what the boot left; `record` is None where none is kept."""
    record = read(request["state"])
    if record is None:
        return {"record": None}
    by_itself = [*request["by_itself"], *record["by_itself"]]
    scan = Scan(by_itself, record["found"]).whole(record["named"])
    running, listening = daemons(), sockets()
    again = record["boot_id"] != boot_id()
    last = boot_time() if again else NEVER
    tables = {"looked_up": looked_up(request.get("mail", {}))}
    return {
        "record": {key: record[key] for key in ("boot_id", "booted", "at")},
        "looked_at": {"paths": len(scan.found), "daemons": len(running), "listeners": len(listening)},
        "again": again,
        "late": [
            [path, stated(scan.found[path], record["salt"])]
            for path in record["late"]
            if path in scan.found and not again  # a later boot has read it
        ],
        "changed": [*differences({**record, **tables}, scan.found, running, last), *otherwise(record, by_itself, last)],
        "daemons": processes(record, running),
        "sockets": apart(record["sockets"], listening),
        "system": {**compared(record["system"], {**system(), **kernel()}), "unit": since(record, units())},
    }


def compared(before: dict[str, list[str]], now: dict[str, list[str]]) -> dict[str, dict[str, list[str]]]:
    """Each subject of the record against what is there; one that an earlier release did not keep is no difference."""
    return {name: apart(before[name], lines) for name, lines in now.items() if name in before}


def known(state: str) -> dict[str, Entry]:
    """What was found before: by the record of an earlier boot, and by the look ahead, which is the later one."""
    found: dict[str, Entry] = {}
    for name in (NAME, AHEAD):
        found.update((read(state, name) or {}).get("found", {}))
    return found


def apart(before: list[str], now: list[str]) -> dict[str, list[str]]:
    """Lines that are gone, and lines that are new."""
    return {"gone": sorted(set(before) - set(now)), "new": sorted(set(now) - set(before))}


def boot_id() -> str:
    """Of the present boot."""
    with open(BOOT_ID, encoding="ascii", errors="replace") as stream:
        return stream.read().strip()


def await_the_end(wanted: list[str], deadline: float) -> list[str]:
    """Wait until boot scripts have ended and daemons stay the same; names of those that had to come and did not."""
    until = time.monotonic() + deadline
    alike: list[set[tuple[int, str]]] = []
    while True:
        running = {(one["pid"], one["name"]) for one in daemons()}
        alike = [*[one for one in alike if one == running], running]
        missing = sorted(set(wanted) - {name for _, name in running})
        if (len(alike) >= LOOKS and not missing and not is_booting()) or time.monotonic() > until:
            return missing
        time.sleep(PAUSE)


def read(folder: str, name: str = NAME) -> dict[str, Any] | None:
    """The record; None where there is none that this suite has written."""
    try:
        with open(f"{folder}/{name}", encoding="ascii") as stream:
            record = json.load(stream)
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("version") == VERSION else None


def write(folder: str, record: dict[str, Any], name: str = NAME) -> None:
    """Keep the record, in one step: it is whole or not there."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    fd = os.open(f"{folder}/{name}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as stream:
        json.dump(record, stream, separators=(",", ":"))
        stream.flush()
        os.fsync(stream.fileno())
    os.rename(f"{folder}/{name}.new", f"{folder}/{name}")

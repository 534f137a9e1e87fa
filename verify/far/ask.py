# File names are bytes here, and the flags of open(2) matter.
"""Reads many facts of a host in one round trip; changes nothing but what the commands given to it change."""

from __future__ import annotations

import glob
import os
import subprocess
import time
from typing import Any

from verify.far.at_rest import at_rest
from verify.far.below import is_public
from verify.far.why import why

VIRTUAL = {
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "devpts",
    "mqueue",
    "debugfs",
    "tracefs",
    "securityfs",
    "pstore",
    "bpf",
}
PATIENCE = 40  # seconds that a command may take
NOT_ENDED = 124
"""The status of a command that has not ended in time, as timeout(1) gives it."""
MACHINE_OWN = ("/proc", "/sys", "/dev", "/run")


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Run `commands` {name: {argv, stdin?, timeout?}}, read `files` and the matches of `globs`, list `folders`.

    `programs`: say what each process executes, and which of them are stopped or frozen.
    """
    before = time.time()
    paths = list(request.get("files", []))
    for pattern in request.get("globs", []):
        paths += sorted(glob.glob(pattern))
    return {
        "clock": before,
        "boot": boot_time(),
        "files": {path: file(path) for path in paths},
        "folders": {path: folder(path) for path in request.get("folders", [])},
        "mounts": mounts(),
        "programs": programs() if request.get("programs") else {},
        "at_rest": resting() if request.get("programs") else {},
        "commands": {name: command(asked) for name, asked in request.get("commands", {}).items()},
    }


def command(asked: dict[str, Any]) -> dict[str, Any]:
    """One command, without a shell, in the C locale."""
    environment = {**os.environ, "LC_ALL": "C", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    began = time.monotonic()
    try:
        done = subprocess.run(
            asked["argv"],
            input=asked.get("stdin", "").encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=asked.get("timeout", PATIENCE),
            env=environment,
            check=False,
        )
        status, out, err = done.returncode, done.stdout, done.stderr
    except FileNotFoundError:
        status, out, err = 127, b"", b"command not found"
    except subprocess.TimeoutExpired:
        status, out, err = NOT_ENDED, b"", b"it has not ended in time"
    except OSError as error:
        status, out, err = 126, b"", str(error).encode()
    return {
        "status": status,
        "out": out.decode("utf-8", "surrogateescape"),
        "err": err.decode("utf-8", "surrogateescape"),
        "took": time.monotonic() - began,
    }


def file(path: str) -> dict[str, Any]:
    """Content, owner, mode and times of a file; or why it can't be read."""
    try:
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            content = stream.read(1_000_000)
    except OSError as error:
        return {"error": why(error)}
    return {
        "text": content.decode("utf-8", "surrogateescape"),
        "public": is_public(path, status.st_mode),
        "mode": status.st_mode & 0o7777,
        "uid": status.st_uid,
        "gid": status.st_gid,
        "mtime": status.st_mtime,
        "ctime": status.st_ctime,
    }


def folder(path: str) -> dict[str, Any]:
    """What lies in a folder: name → owner, mode, kind, and where a link leads."""
    try:
        entries = list(os.scandir(path))
    except OSError as error:
        return {"error": why(error)}
    found = {}
    for entry in entries:
        status = entry.stat(follow_symlinks=False)
        found[os.fsencode(entry.name).decode("utf-8", "surrogateescape")] = {
            "uid": status.st_uid,
            "gid": status.st_gid,
            "mode": status.st_mode & 0o7777,
            "kind": "link" if entry.is_symlink() else "folder" if entry.is_dir() else "file",
            "leads": os.path.exists(entry.path),
            "runs": os.access(entry.path, os.X_OK),
        }
    return {"entries": found}


def programs() -> dict[str, str]:
    """What each process executes (proc(5), exe): its user chooses its name, but not this."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found[pid] = os.fsencode(os.readlink(f"/proc/{pid}/exe")).decode("utf-8", "backslashreplace")
        except OSError:
            continue
    return found


def resting() -> dict[str, str]:
    """Processes that are stopped or frozen: number → which of the two."""
    words = {pid: at_rest(int(pid)) for pid in os.listdir("/proc") if pid.isdigit()}
    return {pid: word for pid, word in words.items() if word}


def mounts() -> list[dict[str, Any]]:
    """Every file system that files are kept on, with its free blocks and inodes."""
    found = {}
    with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            path, kind = line.split()[1:3]
            path = path.replace("\\040", " ")
            if kind in VIRTUAL or any(path == own or path.startswith(own + "/") for own in MACHINE_OWN):
                continue
            try:
                size = os.statvfs(path)
            except OSError:
                continue
            found[path] = {
                "path": path,
                "kind": kind,
                "blocks": size.f_blocks,
                "free": size.f_bavail,
                "inodes": size.f_files,
                "free_inodes": size.f_favail,
                "read_only": bool(size.f_flag & os.ST_RDONLY),
            }
    return list(found.values())


def boot_time() -> float:
    """When the first process started: of a container too. By the clock that files are stamped by.

    /proc/stat's btime is in whole seconds, and one off now and then.
    """
    with open("/proc/1/stat", encoding="ascii", errors="replace") as stat:
        began = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - began)

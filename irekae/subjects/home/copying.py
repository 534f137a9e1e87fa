"""The copy of /home, host to host (0.4, 3.1, 4.1): production's rsync pushes through the standby's open door."""

import json
import re
import shlex
import time

from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.overlay import Planned
from irekae.host.remote import HostError, Lost, decode
from irekae.model.errors import Status, SwapError
from irekae.model.journal import Entry
from irekae.site.machines import Machine
from irekae.subjects.home import rsync_listing
from irekae.swap.swap import Swap

KEYS = "/root/.ssh/authorized_keys"
# What the copy replaces or deletes on the receiver is kept here, below /home, for an exact undo.
REPLACED = ".irekae-replaced"
_POLL = 0.5  # seconds between two looks at the progress
_LAST = 4096  # bytes of rsync's output that hold its last progress
_SAID = 65536  # bytes of it that hold, between progress, what went wrong
# rsync(1), --info=progress2; an error may follow on the same line.
_PROGRESS = re.compile(r"^\s*[\d,.]+[KMGT]?\s+\d+%(?:\s+\S+/s)?(?:\s+[\d:?]+)?(?:\s+\([^)]*\))?")
# rsync(1), EXIT VALUES. 24: files vanished while they were copied; 4.1 looks whether anything is left.
GOOD = (0, 24)
MARK = "irekae-copy"


def folder(swap: Swap) -> str:
    """Where key, lists and progress lie on production."""
    return f"{swap.site.site.state}/copy"


def copy_home(swap: Swap, number: str) -> None:
    """Dry run, then the copy, watched until it ends; one that runs already is only watched.

    Raises:
        SwapError: it would delete more than [home] max_delete (exit status 3), or it failed.
    """
    ika, tako = swap.production, swap.standby
    if swap.planned:
        _plan(swap)
        return
    where = folder(swap)
    ika.link.ask("mkdir", path=where)
    if not _running(swap):
        install_key(swap)
        listing = _dry_run(swap)
        doomed = rsync_listing.doomed(listing)
        _refuse_too_many(swap, doomed)
        # Each attempt keeps its own: the next may replace what this one has copied.
        attempt = f"{number}/{1 + sum(_is_copy(entry) for entry in tako.record.entries)}"
        _remember_before(swap, f"{where}/{attempt}.json", listing)
        ika.remember(f"{where}/run", _script(swap, attempt), 0o700)
        ika.link.ask("remove", path=f"{where}/status")
        undo = {"kind": "copy", "home": swap.site.home.path, "replaced": attempt}
        tako.record.change(f"copy {swap.site.home.path} from {ika.name}, deleting {len(doomed)}", undo)
        ika.link.ask("spawn", argv=[f"{where}/run"], log=f"{where}/output")
    _watch(swap)
    status, said = _ended(swap)
    if status not in GOOD:
        raise SwapError(
            f"the copy of {swap.site.home.path} ended with status {status}",
            f"{said}\n{_free(tako, swap.site.home.path)}",
            "mend what rsync says, then `fab resume`",
        )
    ika.say(f"copied: {_last_progress(swap)}")


def _free(host: Host, path: str) -> str:
    """How much is free below a path, in words. A host that is gone says nothing: what rsync said matters more."""
    try:
        free = host.link.ask("space", path=path)["free"]
    except (Lost, HostError) as error:
        return f"how much is free on {host.name} below {path} is not known: {error.what}"
    return f"free on {host.name} below {path}: {free / (1 << 20):,.1f} MiB"


def _rsync(swap: Swap, *options: str) -> list[str]:
    home, where, tako = swap.site.home, folder(swap), swap.standby
    ssh = [
        "ssh", "-i", f"{where}/id", "-p", str(tako.entry.port), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={where}/known_hosts",
        "-o", "GlobalKnownHostsFile=none",
    ]  # fmt: skip
    excludes = [f"--exclude={rule}" for rule in (*home.excludes, f"/{REPLACED}")]
    # Owners and groups go by name: the numbers differ. -x: what is mounted below /home stays where it is.
    ends = [f"{home.path}/", f"root@{tako.entry.address}:/"]
    return ["rsync", "-a", "--no-D", "-H", "-x", "--delete", *excludes, "-e", shlex.join(ssh), *options, *ends]


def install_key(swap: Swap) -> None:
    """A key of this swap alone, for production's address and for rsync into /home, in the standby's root account."""
    ika, tako, where = swap.production, swap.standby, folder(swap)
    if not ika.exists(f"{where}/id"):
        ika.query("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", MARK, "-f", f"{where}/id")
    public = ika.read(f"{where}/id.pub").decode().strip()
    machine: Machine = tako.link.machine
    known = tako.entry.address if tako.entry.port == 22 else f"[{tako.entry.address}]:{tako.entry.port}"
    ika.remember(f"{where}/known_hosts", "".join(f"{known} {key}\n" for key in machine.keys).encode())
    limits = f'from="{ika.entry.address}",restrict,command="/usr/bin/rrsync -wo {shlex.quote(swap.site.home.path)}"'
    line = f"{limits} {public}\n".encode()
    if not tako.exists("/root/.ssh"):
        tako.record.change("create /root/.ssh", {"kind": "remove", "path": "/root/.ssh"})
        tako.link.ask("mkdir", path="/root/.ssh")
    held = tako.find(KEYS)
    if held is None or line not in held.data:
        text = held.data if held else b""
        gap = b"" if not text or text.endswith(b"\n") else b"\n"
        tako.put(KEYS, text + gap + line, 0o600)
    tako.remember(f"{swap.site.site.state}/door/key.pub", public.split()[1].encode() + b"\n")


def remove_key(host: Host, path: str) -> None:
    """Take the copy's key out of root's authorized_keys (phase 4); the file goes if nothing else was in it."""
    held = host.find(path)
    if held is None:
        return
    kept = b"".join(line for line in held.data.splitlines(True) if not line.rstrip().endswith(MARK.encode()))
    if kept:
        host.edit(path, lambda _: kept, dated=False)
    else:
        host.remove(path)


def _dry_run(swap: Swap) -> str:
    argv = _rsync(swap, "--dry-run", "--out-format=%i %n")
    return swap.production.query(*argv, timeout=24 * 3600).text


def _remember_before(swap: Swap, path: str, listing: str) -> None:
    """Write down, for the undo, what rsync itself keeps nothing of.

    Its log on production is behind what it does on the standby: a copy that is ended in the middle has made more.
    """
    tako, home = swap.standby, swap.site.home.path
    before = {
        "altered": tako.link.ask("states", folder=home, names=rsync_listing.altered(listing)),
        "missing": tako.link.ask("missing", folder=home, names=rsync_listing.made(listing)),
    }
    tako.remember(path, json.dumps(before).encode())


def _is_copy(entry: Entry) -> bool:
    return bool(entry.get("event") == "change" and entry["undo"].get("kind") == "copy")


def _refuse_too_many(swap: Swap, doomed: list[str]) -> None:
    limit = swap.site.home.max_delete
    if len(doomed) > limit:
        shown = "\n".join(doomed[:20]) + (f"\n… and {len(doomed) - 20} more" if len(doomed) > 20 else "")
        raise SwapError(
            f"the copy would delete {len(doomed)} files on {swap.standby.name}, more than {limit}",
            shown,
            "are source and destination mixed up? else raise [home] max_delete or add an exclude",
            Status.REFUSED,
        )


def _script(swap: Swap, attempt: str) -> bytes:
    """What runs on production: rsync, then its status in a file, so that it can be asked by whoever connects."""
    where = folder(swap)
    argv = _rsync(
        swap, "--info=progress2", "--outbuf=L", f"--log-file={where}/items", "--log-file-format=%i %n",
        "--backup", f"--backup-dir={REPLACED}/{attempt}",
    )  # fmt: skip
    return (
        f"#!/bin/sh\n{shlex.join(argv)}\necho $? > {where}/status.new\nmv {where}/status.new {where}/status\n".encode()
    )


def under_way(production: Host, where: str) -> list[int]:
    """Process ids of the copy's script where it runs, whoever started it."""
    return [entry["pid"] for entry in production.link.ask("processes") if f"{where}/run" in entry["words"]]


def _running(swap: Swap) -> bool:
    return bool(under_way(swap.production, folder(swap)))


def _watch(swap: Swap) -> None:
    pids, shown, began = under_way(swap.production, folder(swap)), "", time.monotonic()
    # Asked without waiting, and waited for here: in between, what runs beside this has the connection.
    while swap.production.link.ask("wait_gone", pids=pids, timeout=0):
        pause(_POLL)
        progress = _last_progress(swap)
        if progress != shown:
            shown = progress
            swap.production.record.show(f"  3.1 copy: {progress}, {time.monotonic() - began:.0f} s")


def progress_of(swap: Swap) -> str:
    """How far the copy is, whoever started it."""
    if _running(swap):
        return f"the copy runs: {_last_progress(swap)}"
    status, _ = _ended(swap)
    return (
        "no copy has run"
        if status == -1 and not _lines(swap, _LAST)
        else f"the copy ended with status {status}: {_last_progress(swap)}"
    )


def _last_progress(swap: Swap) -> str:
    """The last line of rsync's progress: bytes, share, speed, files."""
    found = [told[0] for line in _lines(swap, _LAST) if (told := _PROGRESS.match(line))]
    return " ".join(found[-1].split()) if found else "counting files"


def _lines(swap: Swap, last: int) -> list[str]:
    """The end of rsync's output; progress overwrites itself by a carriage return."""
    held = swap.production.link.ask("read", path=f"{folder(swap)}/output", last=last)
    return decode(held["data"]).decode("utf-8", "replace").replace("\r", "\n").splitlines() if held else []


def _ended(swap: Swap) -> tuple[int, str]:
    """The copy's exit status, -1 while there is none, and what rsync said beside its progress."""
    status = swap.production.find(f"{folder(swap)}/status")
    said = [rest for line in _lines(swap, _SAID) if (rest := _PROGRESS.sub("", line).strip())]
    # A full disk leaves the file empty.
    return (int(status.data) if status and status.data.strip().isdigit() else -1), "\n".join(said)[-2000:]


def want_nothing_left(swap: Swap) -> None:
    """4.1: the copy ended well, a dry run finds nothing left, every mailbox arrived whole.

    Raises:
        SwapError: with what is left.
    """
    ika, tako = swap.production, swap.standby
    if swap.planned:
        return
    status, said = _ended(swap)
    if _running(swap) or status not in GOOD:
        raise SwapError(
            "the copy of /home has not finished well", said, "`fab phase3.home` runs it again or waits for it"
        )
    left = rsync_listing.left(_dry_run(swap))
    if left:
        raise SwapError(
            f"{len(left)} files are not copied yet", "\n".join(left[:20]), "`fab phase3.home`, then phase 4 again"
        )
    boxes = [
        host.link.ask("mailboxes", home=swap.site.home.path, maildir=swap.site.mail.maildir) for host in (ika, tako)
    ]
    lost = [
        f"{user}: {box} on {ika.name}, {boxes[1].get(user)} on {tako.name}"
        for user, box in boxes[0].items()
        if boxes[1].get(user) != box
    ]
    if lost:
        raise SwapError(f"{len(lost)} mailboxes differ", "\n".join(lost), "`fab phase3.home`, then phase 4 again")
    ika.say(f"nothing is left to copy; {len(boxes[0])} mailboxes are equal")


def _plan(swap: Swap) -> None:
    """What the copy would delete, by comparing both hosts' lists of paths: the door is still closed."""
    rules = [*swap.site.home.excludes, f"/{REPLACED}"]
    here, there = (
        host.link.ask("tree", path=swap.site.home.path, excludes=rules) for host in (swap.production, swap.standby)
    )
    doomed = sorted(set(there) - set(here))
    if isinstance(swap.standby.record.ground, Planned):
        swap.standby.record.ground.copies[swap.site.home.path] = swap.production.link
    lines = [
        f"$ {shlex.join(_rsync(swap))}",
        f"{len(set(here) - set(there))} paths are new",
        f"{len(doomed)} would be deleted:",
    ]
    swap.standby.record.change(
        f"copy {swap.site.home.path} from {swap.production.name}", {}, lines=(*lines, *doomed[:200])
    )

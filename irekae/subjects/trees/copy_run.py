"""The copy as it runs on production, beside everything else: started, known again, watched, asked how it ended."""

import shlex
import time

from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.remote import decode
from irekae.model.printing import progressing
from irekae.model.printing.events import Progress
from irekae.site.site import Tree
from irekae.subjects.trees.copy_progress import LINE, copied
from irekae.subjects.trees.rsync_command import REPLACED, folder, rsync, rsync_listed
from irekae.subjects.trees.same_time import COMPARED, LISTED
from irekae.swap.swap import Swap

_POLL = (0.1, 0.5)  # seconds between two looks at the progress: a tenth of what it has taken so far, within these
_LAST = 4096  # bytes of rsync's output that hold its last progress
_SAID = 65536  # bytes of it that hold, between progress, what went wrong


def start(swap: Swap, tree: Tree, attempt: str, without: tuple[str, ...], listed: bool = False) -> None:
    """Start the copy on production; it goes on whatever becomes of us.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        attempt: where the standby keeps what it replaces, below REPLACED; "" where there is nothing but the copy.
        without: paths below the tree that are left out.
        listed: whether some files are copied behind it, by the list that `same_time` has written.
    """
    ika, where = swap.production, folder(swap, tree.path)
    ika.remember(f"{where}/run", _script(swap, tree, attempt, without, listed), 0o700)
    for name in ("status", "items"):  # an earlier attempt's
        ika.link.ask("remove", path=f"{where}/{name}")
    ika.link.ask("spawn", argv=[f"{where}/run"], log=f"{where}/output", known=f"{where}/process")


def _script(swap: Swap, tree: Tree, attempt: str, without: tuple[str, ...], listed: bool) -> bytes:
    """What runs on production: rsync, then its status in a file, so that it can be asked by whoever connects."""
    where = folder(swap, tree.path)
    told = [f"--log-file={where}/items", "--log-file-format=%i %n"]
    # Nothing but the copy is there: a file that was cut off is gone on with.
    told += ["--backup", f"--backup-dir={REPLACED}/{attempt}"] if attempt else ["--inplace"]
    whole = rsync(swap, tree, "--info=progress2", "--outbuf=L", *told, without=without)
    text = f"#!/bin/sh\n{shlex.join(whole)}\nstatus=$?\n"
    if listed:
        behind = shlex.join(rsync_listed(swap, tree, f"{where}/{LISTED}", *told))
        text += f"case $status in 0 | 24) if {behind}; then : > {where}/{COMPARED}; else status=$?; fi ;; esac\n"
    text += f"echo $status > {where}/status.new\nmv {where}/status.new {where}/status\n"
    return text.encode("utf-8", "surrogateescape")


def under_way(production: Host, where: str) -> dict[str, int] | None:
    """Process id and start of the copy's script while it runs, whoever of us started it; None when it doesn't."""
    found: dict[str, int] | None = production.link.ask("known", path=f"{where}/process")
    return found


def is_running(swap: Swap, tree: Tree) -> bool:
    """Whether the copy is under way."""
    return under_way(swap.production, folder(swap, tree.path)) is not None


def watch(swap: Swap, tree: Tree) -> None:
    """Show the progress until the copy has ended."""
    with progressing(f"{swap.production.record.spot}: copy of {tree.path}") as tell:
        # Asked without waiting, and waited for here: in between, what runs beside this has the connection.
        began, (least, most) = time.monotonic(), _POLL
        while is_running(swap, tree):
            pause(min(most, max(least, (time.monotonic() - began) / 10)))
            found = copied(last_progress(swap, tree))
            tell(found.progress() if found else Progress(None, "counting files"))


def progress_of(swap: Swap, tree: Tree) -> str:
    """How far the copy is, whoever started it."""
    if is_running(swap, tree):
        return f"the copy runs: {last_progress(swap, tree)}"
    status, _ = ended(swap, tree)
    if status == -1 and not _lines(swap, tree, _LAST):
        return "no copy has run"
    return f"the copy ended with status {status}: {last_progress(swap, tree)}"


def last_progress(swap: Swap, tree: Tree) -> str:
    """The last line of rsync's progress: bytes, share, speed, files."""
    found = [told[0] for line in _lines(swap, tree, _LAST) if (told := LINE.match(line))]
    return " ".join(found[-1].split()) if found else "counting files"


def _lines(swap: Swap, tree: Tree, last: int) -> list[str]:
    """The end of rsync's output; progress overwrites itself by a carriage return."""
    held = swap.production.link.ask("read", path=f"{folder(swap, tree.path)}/output", last=last)
    return decode(held["data"]).decode("utf-8", "replace").replace("\r", "\n").splitlines() if held else []


def ended(swap: Swap, tree: Tree) -> tuple[int, str]:
    """The copy's exit status, -1 while there is none, and what rsync said beside its progress."""
    status = swap.production.find(f"{folder(swap, tree.path)}/status")
    said = [rest for line in _lines(swap, tree, _SAID) if (rest := LINE.sub("", line).strip())]
    # A full disk leaves the file empty.
    return (int(status.data) if status and status.data.strip().isdigit() else -1), "\n".join(said)[-2000:]

"""The copy as it runs on production, beside everything else: started, known again, watched, asked how it ended."""

import json
import signal
from typing import Any

from irekae.host import claims
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.model.errors import SwapError, again
from irekae.model.printing import progressing
from irekae.model.printing.events import Progress
from irekae.subjects.databases import said
from irekae.subjects.databases.far import program
from irekae.subjects.databases.far_end import PYTHON, folder
from irekae.subjects.sessions import ask
from irekae.subjects.trees.copy_key import add_keys
from irekae.subjects.trees.rsync_command import all_of, ssh_with_key
from irekae.swap.swap import Swap

_POLL = 0.5  # seconds between two looks at the progress
_END = 10.0  # seconds for a process to end
_MB = 1 << 20


def key_folder(swap: Swap) -> str:
    """Where the key lies on production: no tree is called so, and 4.2 destroys it with theirs."""
    return f"{all_of(swap)}/+databases"


def send(swap: Swap, server: dict[str, Any], names: list[str], accounts: bool, size: int) -> None:
    """Stream databases and accounts from production's server into the standby's, and wait for the end.

    Args:
        swap: with both hosts bound to an item.
        server: as `far_end.server_of` says.
        names: the databases; those of the standby go first.
        accounts: are the accounts sent too.
        size: bytes that will about come.

    Raises:
        SwapError: it did not end well.
    """
    ika, tako, where = swap.production, swap.standby, folder(swap)
    job = {"server": server, "names": names, "accounts": accounts}
    for host in (ika, tako):
        host.remember(f"{where}/program", program(), 0o700)
    tako.remember(f"{where}/job.json", json.dumps(job).encode())
    add_keys(swap, {key_folder(swap): _command(swap)})
    ssh = [*ssh_with_key(swap, key_folder(swap)), f"root@{tako.entry.address}", "receive"]
    files = {word: f"{where}/{word}" for word in ("status", "progress")}
    for path in files.values():  # an earlier attempt's
        ika.link.ask("remove", path=path)
    ika.remember(f"{where}/send.json", json.dumps({**job, "ssh": ssh, **files, "size": size}).encode())
    argv = [PYTHON, "-I", f"{where}/program", "send", f"{where}/send.json"]
    ika.link.ask("spawn", argv=argv, log=f"{where}/output", known=f"{where}/process")
    watch(swap)
    _want_ended(swap)


def _command(swap: Swap) -> str:
    """What the key is for: whatever ssh asks, the standby's end of the job."""
    where = folder(swap)
    return f"{PYTHON} -I {where}/program receive {where}/job.json"


def under_way(production: Host, swap: Swap) -> dict[str, int] | None:
    """Process id and start of production's end while it runs, whoever of us started it; None when it doesn't."""
    found: dict[str, int] | None = production.link.ask("known", path=f"{folder(swap)}/process")
    return found


def watch(swap: Swap) -> None:
    """Show the progress until production's end has ended, if one is under way; then nobody may send any more."""
    if under_way(swap.production, swap) is not None:
        with progressing(f"{swap.production.record.spot}: databases") as tell:
            while under_way(swap.production, swap) is not None:
                pause(_POLL)
                sent = _read(swap, "progress", said.Progress)
                tell(Progress(None, f"{sent.sent / _MB:,.1f} MB" if sent else "beginning"))
    swap.standby.link.ask("remove", path=f"{folder(swap)}/job.json")


def _want_ended(swap: Swap) -> None:
    ended = _read(swap, "status", said.Ended)
    if ended is None or not ended.ok:
        reason = ended.said if ended else "it ended without a word: was it killed, or is the disk full?"
        raise SwapError(f"the copy of databases to {swap.standby.name} failed", reason, f"mend that, then {again()}")


def _read(swap: Swap, name: str, form: Any) -> Any:
    held = swap.production.find(f"{folder(swap)}/{name}")
    return claims.told(swap.production.name, f"{name} of the copy", held.data, form) if held else None


def end(swap: Swap) -> None:
    """End a copy at both ends."""
    production = swap.production
    leader = under_way(production, swap)
    if leader:
        table = production.link.ask("processes")
        _end(production, [one for one in table if one["session"] == leader["pid"] and one["uid"] == 0])
    end_receivers(swap.standby, swap)


def end_receivers(standby: Host, swap: Swap) -> None:
    """End what receives for nobody any more, the tools that it started too."""
    table = standby.link.ask("processes")
    words = [f"{folder(swap)}/program", "receive"]
    heads = {one["pid"] for one in table if one["uid"] == 0 and one["words"][2:4] == words}
    below = {one["pid"] for one in table if one["parent"] in heads}
    wanted = heads | below | {one["pid"] for one in table if one["parent"] in below}
    _end(standby, [one for one in table if one["pid"] in wanted])


def _end(host: Host, processes: list[dict[str, Any]]) -> None:
    left = ask(host, processes, signal.SIGTERM, _END)
    ask(host, left, signal.SIGKILL, _END)

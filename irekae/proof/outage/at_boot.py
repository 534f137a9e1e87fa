"""The prober survives a boot of the computer outside: a line of its operator's own crontab starts it again."""

from irekae.host.remote import HostError, Link, decode, encode
from irekae.proof.outage.far_boot import MARK


def line_of(folder: str) -> str:
    """The line of crontab(5) that starts the prober of a folder at every boot."""
    return f"@reboot python3 -I {folder}/far_boot.py {folder} >> {folder}/output 2>&1 {MARK}\n"


def keep(link: Link, folder: str) -> bool:
    """Have it started at every boot; False where that computer has no crontab for its operator."""
    table = _table(link)
    if table is None:
        return False
    return line_of(folder).encode() in table or _install(link, _whole(table) + line_of(folder).encode())


def forget(link: Link, folder: str) -> None:
    """Start it no more; all other lines stay."""
    table = _table(link)
    if table and line_of(folder).encode() in table:
        _install(link, table.replace(line_of(folder).encode(), b""))


def _table(link: Link) -> bytes | None:
    """The operator's crontab, empty where he has none; None where he cannot have any (crontab(1): cron.allow)."""
    try:
        done = link.ask("run", argv=["crontab", "-l"], timeout=20)
    except HostError:
        return None
    if done["status"] == 0:
        return decode(done["out"])
    return b"" if b"no crontab for" in decode(done["err"]) else None


def _whole(table: bytes) -> bytes:
    return table if not table or table.endswith(b"\n") else table + b"\n"


def _install(link: Link, table: bytes) -> bool:
    return bool(link.ask("run", argv=["crontab", "-"], stdin=encode(table), timeout=20)["status"] == 0)

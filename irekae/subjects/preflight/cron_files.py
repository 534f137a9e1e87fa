"""Cron's own files: those that work on copied data run on both machines, and no mode keeps cron from a table."""

import re
from collections.abc import Iterable

from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.model.legible import legible
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

TABLE, TABLES = "/etc/crontab", "/etc/cron.d"
WHERE = (
    TABLE, TABLES, "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly",
)  # fmt: skip


@each_host
def on_copied_data(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Told, not forbidden: many a job may run on both. Homes are left out: every backup names them."""
    site = swap.site
    folders = sorted({*(tree.path for tree in site.trees), *(one.place for one in site.lists if one.place)})
    for match in host.link.ask("grep", trees=list(WHERE), skip=site.phase1.files, words=folders) if folders else ():
        lines = [line for line in decode(match["data"]).splitlines() if not line.lstrip().startswith(b"#")]
        if named := [folder for folder in folders if any(_names(line, folder) for line in lines)]:
            path = legible(match["path"])
            host.say(
                f"{path} works on {', '.join(named)}, which is copied: cron runs it whether or not this is production; "
                "let it do nothing where that is not"
            )
    return ()


@each_host
def not_held(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Tables among what 1.5 shall hold: cron reads them as root, of whatever mode, and goes on with their jobs."""
    for path in host.there([path for path in swap.site.phase1.files if is_table(path)]):
        yield Obstacle(
            f"{path} is a table of cron's, which runs it at mode 0 too: 1.5 would not hold its jobs",
            "site.toml, [phase1] scheduled: name the script that it calls; or take it out there, and move it away by "
            "hand for the swap",
        )


def is_table(path: str) -> bool:
    """Is it a table of cron's, and no script that one calls."""
    return path == TABLE or path.startswith(f"{TABLES}/")


def _names(line: bytes, folder: str) -> bool:
    """Does a line name the folder, or something in it."""
    return bool(re.search(rb"(?<![\w./-])" + re.escape(folder.encode()) + rb"(?![\w.-])", line))

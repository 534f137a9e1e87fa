"""Users' own jobs (cron tables, at jobs, lingering user managers) are held from 1.7 to 8.1.

A job that runs on the machine that is being left writes what nobody carries over; one that runs on both runs twice. So
the tables are put away on both hosts, copied in that state (3.2), and given to the new production before it boots. On
the retired machine they stay put away, and are told; root's table joins them there, for production runs it now.
"""

from collections.abc import Iterator, Sequence

from irekae.host.host import Host
from irekae.host.many import FEW, move_all
from irekae.host.remote import Link
from irekae.site.site import Site
from irekae.subjects.small_copies import copy_file, copy_files
from irekae.swap.swap import Swap

ROOT = "root"  # his table goes on until 8.1: the new production's takes its place, the retired machine's is set aside


def folders(site: Site) -> list[str]:
    """Where daemons find users' jobs, one file each."""
    return [*([site.copy.crontabs] if site.copy.crontabs else []), *site.phase1.jobs]


def held_at(site: Site, path: str) -> str:
    """Where what lies at a path is put away."""
    return f"{site.site.state}/held{path}"


def jobs_in(host: Host, site: Site, folder: str) -> Iterator[str]:
    """Users' jobs in a folder, by name of their files: not root's, not the daemon's own (`.SEQ`), nothing that cron
    itself passes over (links, the table of one user that another owns)."""
    crontabs = site.copy.crontabs
    tables = bool(crontabs) and folder in (crontabs, held_at(site, crontabs or ""))
    for name, state in sorted(host.names(folder).items()):
        theirs = state["owner"] == name if tables else True
        if state["kind"] == "file" and theirs and name != ROOT and not name.startswith("."):
            yield name


def passed_over(host: Host, site: Site) -> Iterator[str]:
    """A line for each thing among the cron tables that is none: cron passes it over, and so do we."""
    folder = site.copy.crontabs
    if folder is None:
        return
    plain = {ROOT, *jobs_in(host, site, folder)}
    for name, state in sorted(host.names(folder).items()):
        if name not in plain and not name.startswith("."):
            kind, owner = state["kind"], state["owner"]
            yield f"{folder}/{name} is left alone: it is not a plain file of {name} ({kind}, {owner})"


def hold_jobs(host: Host, site: Site) -> None:
    """Put every job of a user's away (1.7): the daemon that reads the folder sees it go."""
    held = []
    for folder in folders(site):
        names = list(jobs_in(host, site, folder))
        move_all(host, [(f"{folder}/{name}", held_at(site, f"{folder}/{name}")) for name in names])
        held += names
    if held:
        host.say(f"held the jobs of {_named(held)}")


def _named(names: Sequence[str]) -> str:
    """Each name once; of very many how many they are."""
    found = sorted(set(names))
    return ", ".join(found) if len(found) <= FEW else f"{len(found)} users, from {found[0]} to {found[-1]}"


def carry_jobs(swap: Swap) -> None:
    """Copy production's jobs to where the standby holds its own (3.2); root's table too, which goes on meanwhile."""
    ika, site = swap.production, swap.site
    for line in passed_over(ika, site):
        swap.standby.say(line)
    for folder in folders(site):
        put_away = {*jobs_in(ika, site, held_at(site, folder))}
        names = sorted({*jobs_in(ika, site, folder), *put_away})
        paths = {name: f"{folder}/{name}" for name in names}
        copy_files(swap, [(held_at(site, path) if name in put_away else path, held_at(site, path))
                          for name, path in paths.items()])  # fmt: skip
    table = f"{site.copy.crontabs}/{ROOT}"
    if site.copy.crontabs and ika.exists(table):
        copy_file(swap, table, held_at(site, table))


def release_jobs(host: Host, swap: Swap) -> None:
    """Give every job its place on the new production (8.1); a table of root's that was there is kept with the date."""
    site, released = swap.site, []
    for folder in folders(site):
        names = [*jobs_in(host, site, held_at(site, folder)), ROOT]
        there = {*names} & {*host.names(held_at(site, folder))}
        for name in [name for name in host.names(folder) if name in there]:
            _keep_with_the_date(host, swap, folder, name)
        moved = [name for name in names if name in there]
        move_all(host, [(held_at(site, f"{folder}/{name}"), f"{folder}/{name}") for name in moved])
        released += moved
    if released:
        host.say(f"the jobs of {_named(released)} are in their places again")


def _keep_with_the_date(host: Host, swap: Swap, folder: str, name: str) -> None:
    """Not beside it: cron would take the copy for the table of another user."""
    path = f"{folder}/{name}"
    held, old = host.find(held_at(swap.site, path)), host.find(path)
    if held is not None and old is not None and old.data != held.data:
        state = old.state
        kept = f"{folder.rpartition('/')[0]}/{name}.{swap.today}"
        host.put(kept, old.data, state["mode"], uid=state["uid"], gid=state["gid"])


def retire_jobs(host: Host, site: Site) -> None:
    """On the retired machine jobs stay put away, root's with them, so that none of them runs on both (8.1).

    What somebody has put back there since is left: it is his word.
    """
    path = f"{site.copy.crontabs}/{ROOT}"
    if site.copy.crontabs and not host.exists(held_at(site, path)):
        move_all(host, [(path, held_at(site, path))])
    for path in set_aside(host.link, site):
        host.warn(f"{path} is set aside: {held_at(site, path)}")


def set_aside(link: Link, site: Site) -> list[str]:
    """The paths of the jobs that a host keeps put away."""
    found = ((folder, link.ask("list", path=held_at(site, folder)) or {}) for folder in folders(site))
    return [f"{folder}/{name}" for folder, there in found for name in sorted(there) if there[name]["kind"] == "file"]

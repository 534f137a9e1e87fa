"""Asks a host for all that root can see on it: rows by kind."""

from collections.abc import Iterator
from typing import Any

from irekae.host.remote import HostError, Link
from irekae.model.legible import line
from irekae.site.site import Site
from irekae.subjects.held_jobs import held_at
from irekae.subjects.trees.rsync_command import REPLACED
from irekae.swap.swap import Swap

Rows = dict[str, str]
Kinds = dict[str, Rows]
Content = tuple[int, int, str]
NOT_SEEN = "(all of it)"
USUAL_HOMES = "/home"  # where people's own files are looked at though nothing is copied
DIGESTED = ("config",)
PROGRAMS = ("/", "/usr", "/usr/local", "/opt", "/srv", "/var", "/tmp", "/var/tmp")  # each may be a file system


def share_key(swap: Swap) -> None:
    """Both hosts digest with the key of the machine that was production before the swap; with the other's if that has
    lost it."""
    pair = (swap.inventory.standby, swap.inventory.production)[:: 1 if swap.exchanged else -1]
    links = [swap.links[entry.name] for entry in pair]
    held = [link.ask("survey_key", make=False) for link in links]
    key = next(filter(None, held), "") or links[0].ask("survey_key")
    for link, own in zip(links, held, strict=True):
        if own != key:
            link.ask("survey_key", key=key)


# --- on the host ------------------------------------------------------------------------------------------------------


def on_host(link: Link, site: Site) -> Kinds:
    """All that can be seen of a machine by root on it; what cannot be seen is a row that says why."""
    found: Kinds = {}
    for kind, op, arguments in questions(site):
        try:
            answer = link.ask(op, **arguments)
        except HostError as error:
            answer = {NOT_SEEN: f"cannot be seen: {error.what}"}
        for name, rows in (answer if not kind and NOT_SEEN not in answer else {kind or op: answer}).items():
            found[name] = {line(key): line(value) for key, value in rows.items()}
    # What is told line by line is not told as a whole, too.
    by_line = {key for kind, rows in found.items() if kind not in DIGESTED for key in rows}
    for kind in DIGESTED:
        found[kind] = {key: value for key, value in found.get(kind, {}).items() if key not in by_line}
    return found


def questions(site: Site) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind of the rows ("" where the answer names several), operation of the agent, arguments."""
    low, high = site.accounts.uid_min, site.accounts.uid_max
    home = site.home.path if site.home else USUAL_HOMES
    processes = sorted({service.process for service in site.services.values() if service.process})
    lists = [ml.place for ml in site.lists if ml.place]
    tables = [site.copy.crontabs] if site.copy.crontabs else []
    waiting = [folder for folder in site.phase1.jobs if "at" in folder.rpartition("/")[2]]
    yield "", "seen_accounts", {"low": low, "high": high}
    yield "right of root", "seen_sudo", {}
    yield "key", "seen_keys", {}
    if site.mail:
        yield "", "seen_mail", {"control": site.mail.conf, "home": home}
        yield "list", "seen_lists", {"control": site.mail.conf, "home": home, "lists": lists}
    if site.copy.pop_secrets:
        yield "POP", "seen_pop", {"path": site.copy.pop_secrets}
    places, at_jobs = _with_held(site, tables), _with_held(site, waiting)
    yield "", "seen_jobs", {"tables": places, "at_jobs": at_jobs, "local": site.phase1.files}
    yield "", "seen_daemons", {"names": processes, "low": low, "high": high}
    yield "listener", "seen_listeners", {}
    yield "firewall", "seen_firewall", {}
    yield "", "seen_zones", {"process": process_at(site, "tcp/53", "named"), "conf": site.survey.named_conf}
    if site.web and site.web.httpd_conf:
        web = {"process": process_at(site, "tcp/80", "apache2"), "conf": site.web.httpd_conf}
        yield "", "seen_sites", {**web, "home": home, "userdir": site.survey.userdir}
    yield "database", "seen_databases", {}
    yield "", "seen_system", {}
    yield "", "seen_config", trees(site)
    yield "setuid", "seen_setuid", {"trees": list(PROGRAMS), "skip": [home, "/proc", "/sys", "/dev", "/run"]}


def _with_held(site: Site, folders: list[str]) -> list[str]:
    """Folders of jobs, and where these are held: the retired machine's, which say what the new one must have."""
    return [place for folder in folders for place in (held_at(site, folder), folder)]


def process_at(site: Site, port: str, usual: str) -> str:
    """The process of the service that has the port."""
    return next((service.process for service in site.services.values() if port in service.ports), usual)


def trees(site: Site) -> dict[str, list[str]]:
    """Which files are looked at one by one, and which not; where the order of the lines means nothing."""
    kept = (site.site.state, site.copy.crontabs, site.copy.pop_secrets, site.mail.queue if site.mail else None)
    own = [path for path in kept if path]
    own += [f"{tree.path}/{REPLACED}" for tree in site.all_trees]  # kept for an undo, as what lies in the state folder
    found = list(dict.fromkeys([*site.survey.trees, *(site.leftovers.trees if site.leftovers else [])]))
    tops = [tree for tree in found if not any(tree.startswith(f"{other}/") for other in found)]
    return {"trees": tops, "skip": [*own, *site.survey.skip], "sets": site.mail.unordered if site.mail else []}


def written(swap: Swap) -> Rows:
    """What the swap wrote on the machine that is production now: path → digest as in a row; "none" of none."""
    name = swap.inventory.production.name
    found: dict[str, int | None] = {}
    for entry in swap.entries[name]:
        if entry["event"] == "change":
            found.update(
                {path: entry["n"] if state else None for path, state in entry["undo"].get("wrote", {}).items()}
            )
    changes = [(n, path) for path, n in found.items() if n is not None]
    gone = {path: "none" for path, n in found.items() if n is None}
    sets = trees(swap.site)["sets"]
    return {**gone, **swap.links[name].ask("seen_written", changes=changes, sets=sets)}


def contents(link: Link, site: Site, skip: list[str]) -> dict[str, Content]:
    """Digests of a sample of the users' files; skip: as the digests of /home leave it out."""
    if site.home is None:
        return {}
    rules = [*skip, *site.home.excludes]
    found = link.ask("seen_contents", path=site.home.path, skip=rules, seconds=float(site.survey.seconds))
    return {line(path): (size, when, digest) for path, (size, when, digest) in found.items()}

"""Data on production that belongs to nothing of site.toml: it would stay behind, and nobody would have said so."""

from collections.abc import Iterable

from irekae.model.legible import legible
from irekae.site.site import Site
from irekae.subjects.held_jobs import folders
from irekae.subjects.name_server import zones
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def data(swap: Swap) -> Iterable[Obstacle]:
    """What lies where data may lie, came with no package, and is neither copied nor left on purpose."""
    ika = swap.production
    covered = [*declared(swap.site), *(zones.folders(ika, swap.site) if swap.site.dns else [])]
    files = [box for box in swap.site.spools if not box.endswith("/")]
    for path, example in ika.link.ask("undeclared", covered=covered, files=files):
        what = f"{legible(path)} stays behind: no part of site.toml holds it"
        what += f", for example {legible(example)}" if example != path else ""
        yield Obstacle(
            what,
            f'make it a tree: [[trees]] path = "{legible(path)}"; or let it stay, and say why: '
            f'[[trees_left]] path = "{legible(path)}", why = "…"',
            ika.name,
        )
    for left in swap.site.trees_left:
        ika.say(f"{left.path} stays on this machine: {left.why}")


def declared(site: Site) -> list[str]:
    """Paths, and patterns of them, that an item copies, or whose fate site.toml tells."""
    found = [*(tree.path for tree in site.all_trees), *(left.path for left in site.trees_left), site.site.state]
    found += [database.folder for database in site.databases]
    found += [*folders(site), *site.boot.changes, *(file.path for file in site.files)]
    found += [site.copy.pop_secrets] if site.copy.pop_secrets else []
    return found + list(site.phase1.scheduled)

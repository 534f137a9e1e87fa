"""Whether mailboxes and jobs outside /home are small enough to be carried over."""

from collections.abc import Iterable

from irekae.host.agent.words import LARGEST
from irekae.subjects.held_jobs import folders
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap

MOVE = "have its user move some of it to his home, or move it there for him (homes are copied by rsync)"


def files(swap: Swap) -> Iterable[Obstacle]:
    """Single files of users that 1.7, 3.1 and 3.2 carry over as a whole: one user's must not stop the swap then."""
    ika = swap.production
    remedies = {path: _as_tree(box) for box in swap.site.spools for path in _spools(swap, box)}
    sizes = {path: (ika.record.ground.stat(path) or {}).get("size", 0) for path in remedies}
    for folder in folders(swap.site):
        sizes |= {f"{folder}/{name}": state["size"] for name, state in ika.names(folder).items()}
    for path, size in sizes.items():
        if size > LARGEST:
            yield Obstacle(
                f"{path} has {size >> 20} MiB, more than the {LARGEST >> 20} that a single file may have",
                remedies.get(path, MOVE),
                ika.name,
            )


def _spools(swap: Swap, box: str) -> list[str]:
    return list(swap.production.link.ask("mail_spools", boxes=[box]))


def _as_tree(box: str) -> str:
    """Mailbox files of any size go over with a tree."""
    folder = box.partition("*")[0].rstrip("/")
    return f'site.toml: [[trees]] path = "{folder}", and rsync copies them all; or {MOVE}'

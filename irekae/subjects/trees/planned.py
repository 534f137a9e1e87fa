"""What a copy would do, under --plan: both hosts' lists of paths compared, for the door is still closed."""

import shlex

from irekae.host.overlay import Planned
from irekae.site.site import Tree
from irekae.subjects.trees import standby_mail
from irekae.subjects.trees.rsync_command import left_alone, rsync
from irekae.subjects.trees.stopped import want_stopped
from irekae.swap.swap import Swap

SHOWN = 200  # paths that are listed


def plan_copy(swap: Swap, tree: Tree) -> None:
    """Note in the plan what the copy would make and delete."""
    want_stopped(swap, tree)
    rules, pair = left_alone(tree), (swap.production, swap.standby)
    here, there = (set(host.link.ask("tree", path=tree.path, excludes=rules)) for host in pair)
    doomed = sorted(there - here)
    if isinstance(swap.standby.record.ground, Planned):
        swap.standby.record.ground.copies[tree.path] = swap.production.link
    lines = [
        f"$ {shlex.join(rsync(swap, tree))}",
        f"{len(here - there)} paths are new",
        f"{len(doomed)} would be deleted:",
    ]
    gone = standby_mail.told(standby_mail.alone(swap)) if swap.site.has_mail_in(tree) else []
    mail = [f"mail that is on {swap.standby.name} alone goes: {line}" for line in gone]
    what = f"copy {tree.path} from {swap.production.name}"
    swap.standby.record.change(what, {}, lines=(*lines, *doomed[:SHOWN], *mail))

"""What a copy would do, under --plan: both hosts' paths compared, for the door is still closed."""

import shlex

from irekae.host.overlay import Planned
from irekae.host.parts import each_ahead
from irekae.host.side_by_side import side_by_side
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
    here, there = (each_ahead(host.link, host.name, "path", path=tree.path, excludes=rules) for host in pair)
    new, gone, doomed = 0, 0, list[str]()
    for path, ours, theirs in side_by_side(here, there, str):
        if ours is None:
            gone += 1
            doomed += [path] if gone <= SHOWN else []
        new += theirs is None
    if isinstance(swap.standby.record.ground, Planned):
        swap.standby.record.ground.copies[tree.path] = swap.production.link
    lines = [
        f"$ {shlex.join(rsync(swap, tree))}",
        f"{new} paths are new",
        f"{gone} would be deleted:",
    ]
    lost = standby_mail.told(standby_mail.alone(swap)) if swap.site.has_mail_in(tree) else []
    mail = [f"mail that is on {swap.standby.name} alone goes: {line}" for line in lost]
    what = f"copy {tree.path} from {swap.production.name}"
    swap.standby.record.change(what, {}, lines=(*lines, *doomed, *mail))

"""The folder itself that is copied: made on the standby where there is none, as production has it."""

import posixpath

from irekae.model.errors import Status, SwapError
from irekae.site.site import Tree
from irekae.subjects.small_copies import ids_there
from irekae.subjects.trees.before_copy import NAMES_REMEDY
from irekae.swap.swap import Swap


def make_top(swap: Swap, tree: Tree) -> None:
    """Make the tree's folder on the standby, and those above it, each with production's mode, and its owner by name.

    Raises:
        SwapError: production has no such folder, or the standby nobody to whom it belongs (exit status 3).
    """
    missing, path = [], tree.path
    while not swap.standby.exists(path):
        missing.append(path)
        path = posixpath.dirname(path)
    for path in reversed(missing):
        _make(swap, path)


def _make(swap: Swap, path: str) -> None:
    tako, state = swap.standby, swap.production.record.ground.stat(path)
    if state is None or state["kind"] != "dir":
        what = f"{path} is no folder on {swap.production.name}"
        raise SwapError(what, hint="correct its path in site.toml", status=Status.REFUSED)
    ids = ids_there(tako, state)
    if ids is None:
        what = f"{path} is {state['owner']}:{state['group']}'s, whom {tako.name} does not know"
        raise SwapError(what, hint=NAMES_REMEDY, status=Status.REFUSED)
    tako.record.change(f"create {path}", {"kind": "remove", "path": path})
    tako.record.ground.change("make_folder", path=path, mode=state["mode"], uid=ids[0], gid=ids[1])

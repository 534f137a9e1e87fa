"""Has all that was copied arrived (4.1): the copies ended well, nothing is left of them, every mailbox is whole."""

import json
from itertools import chain
from typing import Any

from irekae.host.agent.words import unescape
from irekae.model.errors import SwapError
from irekae.site.site import Tree
from irekae.subjects.mailboxes import mailboxes
from irekae.subjects.trees import before_copy, copy_run, rsync_listing
from irekae.subjects.trees.copy_key import install_keys
from irekae.subjects.trees.copying import ROUNDS, copy_once
from irekae.subjects.trees.dry_run import dry_run, listed
from irekae.subjects.trees.rsync_command import GOOD, left_alone
from irekae.subjects.trees.stopped import want_stopped
from irekae.swap.swap import Swap

SHOWN = 20  # paths of a list that are told


def want_nothing_left(swap: Swap) -> None:
    """4.1: every copy ended well, a dry run finds nothing left, every mailbox arrived whole.

    What is left is copied once more; what users go on changing all the while is told, and stops nobody.

    Raises:
        SwapError: with what is left.
    """
    if swap.planned:
        return
    for tree in swap.site.all_trees:
        _want_ended(swap, tree)
    install_keys(swap)  # they went with root's door; a rollback may have opened that again
    changing: set[str] = set()
    for tree in swap.site.all_trees:
        changing |= {f"{tree.path}/{path}" for path in settled(swap, tree)}
        swap.production.result(f"nothing of {tree.path} is left to copy")
    if swap.site.mailboxes:
        swap.production.result(f"{_want_equal_mailboxes(swap, changing)} mailboxes are equal")
    write_down(swap)


def write_down(swap: Swap) -> None:
    """What production's trees hold now, for the acceptance suite: on both hosts, `trees.json` in irekae's folder.

    Of /home the numbers alone that have no name: whatever had none before need not have one behind the swap.
    """
    ika, home = swap.production, swap.site.home
    found: dict[str, Any] = {home.path: ika.link.ask("nameless", path=home.path)} if home else {}
    found |= {
        tree.path: {
            **ika.link.ask("sample", path=tree.path, excludes=left_alone(tree)),
            "at": ika.link.ask("clock")["wall"],
        }
        for tree in swap.site.trees
    }
    for host in (ika, swap.standby) if found else ():
        host.remember(f"{swap.site.site.state}/trees.json", json.dumps(found).encode())


def _want_ended(swap: Swap, tree: Tree) -> None:
    status, said = copy_run.ended(swap, tree)
    if copy_run.is_running(swap, tree) or status not in GOOD:
        what = f"the copy of {tree.path} has not finished well"
        raise SwapError(what, said, f"`{tree.command}` runs it again or waits for it")


def settled(swap: Swap, tree: Tree) -> set[str]:
    """Copy what is left until nothing is; what goes on changing all the while."""
    ika = swap.production
    want_stopped(swap, tree)
    began, left = 0.0, _left(swap, tree)
    for _ in range(ROUNDS - 1):
        if not left:
            break
        ika.say(f"{len(left)} files were changed behind the copy: once more")
        began = float(ika.link.ask("clock")["wall"])
        copy_once(swap, tree, "4.1")
        left = _left(swap, tree)
    changing = set(ika.link.ask("changed_since", folder=tree.path, names=left, since=began)) if left else set()
    _want_explained(tree, [path for path in left if path not in changing])
    if changing:
        ika.warn(f"copied as they were, for they go on changing: {', '.join(sorted(changing)[:SHOWN])}")
    return changing


def _left(swap: Swap, tree: Tree) -> list[str]:
    """The paths of which a dry run still wants something."""
    dry_run(swap, tree, tuple(before_copy.survey(swap, tree)["too_long"]))
    lines = chain.from_iterable(map(rsync_listing.left, listed(swap, tree)))
    return [unescape(line[rsync_listing.PATH :]) for line in lines]


def _want_explained(tree: Tree, left: list[str]) -> None:
    if left:
        what = f"{len(left)} files below {tree.path} are not copied yet"
        raise SwapError(what, "\n".join(left[:SHOWN]), f"`{tree.command}`, then phase 4 again")


def _want_equal_mailboxes(swap: Swap, changing: set[str]) -> int:
    """How many mailboxes there are; those in which their users change something meanwhile are not compared."""
    ika, tako = swap.production, swap.standby
    (boxes, staying), (theirs, _) = (mailboxes(swap.site, host) for host in (ika, tako))
    lost = [
        f"{user}: {box} on {ika.name}, {theirs.get(user)} on {tako.name}"
        for user, box in boxes.items()
        if theirs.get(user) != box and not _touches_mail(swap, user, changing)
    ]
    if lost:
        raise SwapError(f"{len(lost)} mailboxes differ", "\n".join(lost), "`fab phase3`, then phase 4 again")
    for user, (messages, size) in staying.items():
        ika.say(f"{user}: {messages} messages, {size} bytes stay on this machine: [home] excludes of site.toml")
    return len(boxes)


def _touches_mail(swap: Swap, user: str, paths: set[str]) -> bool:
    """Is one of the paths a mailbox of the user's, or in one."""
    boxes = tuple(box.replace("*", user) for box in swap.site.mailboxes)
    return any(path.startswith(boxes) for path in paths)

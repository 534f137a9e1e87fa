"""The copy of a data tree, host to host (0.4, 3.1, 3.5, 4.1): production's rsync pushes through the standby's door."""

from itertools import chain

from irekae.host.host import Host
from irekae.host.remote import HostError, Lost
from irekae.model.errors import SwapError, again
from irekae.model.journal import undoable
from irekae.site.site import Home, Tree
from irekae.subjects.trees import before_copy, copy_left, copy_run, same_time, standby_mail
from irekae.subjects.trees.copy_key import install_keys
from irekae.subjects.trees.doomed import Doomed
from irekae.subjects.trees.dry_run import dry_run, listed
from irekae.subjects.trees.planned import plan_copy
from irekae.subjects.trees.rsync_command import GOOD, REPLACED, VANISHED, folder
from irekae.subjects.trees.rsync_listing import DELETED
from irekae.subjects.trees.safe_rsync import want_safe
from irekae.subjects.trees.stopped import want_stopped
from irekae.subjects.trees.tops import make_top
from irekae.subjects.trees.traces import copies_of, forget_earlier
from irekae.swap.swap import Swap

EARLY = "0.4"
ROUNDS = 3  # copies one after the other where files come and go meanwhile: the last one settles it


def copy_tree(swap: Swap, tree: Tree, number: str) -> None:
    """Dry run, then the copy, watched until it ends; one that runs already is only watched.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        number: of that item.

    Raises:
        SwapError: rsync is too old, a service runs that writes there, something would become another's, an entry would
            lose more than it may (exit status 3), or it failed.
    """
    if swap.planned:
        plan_copy(swap, tree)
        return
    for number_of_round in range(1, ROUNDS + 1):
        status = copy_once(swap, tree, number)
        if status != VANISHED or number_of_round == ROUNDS:
            break
        swap.production.say("files vanished while they were copied: once more")
    swap.production.result(f"{tree.path} copied: {copy_run.last_progress(swap, tree)}")


def copy_once(swap: Swap, tree: Tree, number: str) -> int:
    """One copy, from its dry run to its end; rsync's exit status, which is a good one."""
    ika, tako = swap.production, swap.standby
    ika.link.ask("mkdir", path=folder(swap, tree.path))
    if not copy_run.is_running(swap, tree):
        _account_for_earlier(swap, tree)
        _begin(swap, tree, number)
    copy_run.watch(swap, tree)
    status, said = copy_run.ended(swap, tree)
    if status not in GOOD:
        raise SwapError(
            f"the copy of {tree.path} ended with status {status}",
            f"{said}\n{_free(tako, tree.path)}",
            f"mend what rsync says, then {again()}",
        )
    want_stopped(swap, tree)
    if swap.site.has_mail_in(tree):
        standby_mail.remember_brought(swap)
    if isinstance(tree, Home) and number == EARLY:
        _close_nameless(tako, tree.path)
    if attempts := copies_of(tako.record.entries, tree.path):
        copy_left.remember(swap, tree.path, attempts[-1]["undo"]["replaced"])
    return status


def _account_for_earlier(swap: Swap, tree: Tree) -> None:
    """An attempt may have ended when nobody watched: what it has left and brought is written down before the next."""
    attempts = copies_of(undoable(swap.standby.record.entries), tree.path)
    if attempts and not copy_left.is_known(swap, tree.path, attempt := attempts[0]["undo"]["replaced"]):
        copy_left.make_known(swap, tree.path, attempt)
        if swap.site.has_mail_in(tree):
            standby_mail.remember_written(swap, copy_left.written_by(swap, tree.path, attempt))


def _close_nameless(tako: Host, home: str) -> None:
    closed = tako.link.ask("close_nameless", path=home)
    if closed:
        tako.say(f"root's alone until 3.1, for their owners have no account yet: {', '.join(sorted(closed))}")


def _begin(swap: Swap, tree: Tree, number: str) -> None:
    """Look at everything that could go wrong, write down what the undo needs, and start."""
    tako, path = swap.standby, tree.path
    want_safe(swap)
    want_stopped(swap, tree)
    found = before_copy.survey(swap, tree)
    before_copy.want_one_device(swap, tree, found)
    before_copy.want_names(swap, tree, found)
    before_copy.want_no_meeting(swap, found)
    before_copy.tell_too_long(swap.production, found)
    without = tuple(found["too_long"])
    make_top(swap, tree)
    install_keys(swap)
    dry_run(swap, tree, without)
    doomed = Doomed(listed(swap, tree, DELETED))
    before_copy.want_few_deleted(swap, tree, doomed)
    if swap.site.has_mail_in(tree):
        standby_mail.want_decided(swap, tree.command)
    standby_mail.tell_deleted(tako, doomed)
    forget_earlier(tako, path)
    earlier = copies_of(undoable(tako.record.entries), path)
    behind = same_time.wanted(swap, tree, bool(earlier)) and same_time.found(swap, tree)
    # Each attempt keeps its own: the next may replace what this one has copied.
    attempt = f"{number}/{1 + len(copies_of(tako.record.entries, path))}"
    listings = (listed(swap, tree), same_time.planned_behind(swap, tree) if behind else ())
    copy_left.expect(swap, path, attempt, chain.from_iterable(listings))
    undo = {"kind": "copy", "tree": path, "replaced": attempt}
    tako.record.change(f"copy {path} from {swap.production.name}, deleting {doomed.total}", undo)
    # Root's alone: rsync gives the folders in it to their users, who could exchange them for links.
    tako.link.ask("mkdir", path=f"{path}/{REPLACED}", mode=0o700)
    tako.link.ask("mode", path=f"{path}/{REPLACED}", mode=0o700)
    copy_run.start(swap, tree, attempt, without, behind)


def _free(host: Host, path: str) -> str:
    """How much is free below a path, in words. A host that is gone says nothing: what rsync said matters more."""
    try:
        free = host.link.ask("space", path=path)["free"]
    except (Lost, HostError) as error:
        return f"how much is free on {host.name} below {path} is not known: {error.what}"
    return f"free on {host.name} below {path}: {free / (1 << 20):,.1f} MiB"

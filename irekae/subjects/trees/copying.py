"""The copy of /home, host to host (0.4, 3.1, 4.1): production's rsync pushes through the standby's open door."""

import json
import shlex

from irekae.host.agent.words import unescape
from irekae.host.host import Host
from irekae.host.overlay import Planned
from irekae.host.remote import HostError, Lost
from irekae.model.errors import SwapError, again
from irekae.model.journal import Entry, undoable
from irekae.site.site import needed
from irekae.subjects.mailboxes import mailboxes
from irekae.subjects.trees import before_copy, copy_left, copy_run, rsync_listing, standby_mail
from irekae.subjects.trees.copy_key import install_key
from irekae.subjects.trees.rsync_command import REPLACED, folder, left_alone, rsync
from irekae.subjects.trees.safe_rsync import want_safe
from irekae.subjects.trees.traces import forget_earlier
from irekae.swap.swap import Swap

EARLY = "0.4"
# rsync(1), EXIT VALUES. 24: files vanished while they were copied; 4.1 looks whether anything is left.
VANISHED = 24
GOOD = (0, VANISHED)
ROUNDS = 3  # copies one after the other where files come and go meanwhile: the last one settles it
SHOWN = 20  # paths of a list that are told


def copy_home(swap: Swap, number: str) -> None:
    """Dry run, then the copy, watched until it ends; one that runs already is only watched.

    Raises:
        SwapError: rsync is too old, something would become another's, a home would lose more than it may (exit
            status 3), or it failed.
    """
    if swap.planned:
        _plan(swap)
        return
    for number_of_round in range(1, ROUNDS + 1):
        status = _copy_once(swap, number)
        if status != VANISHED or number_of_round == ROUNDS:
            break
        swap.production.say("files vanished while they were copied: once more")
    swap.production.result(f"copied: {copy_run.last_progress(swap)}")


def _copy_once(swap: Swap, number: str) -> int:
    """One copy, from its dry run to its end; rsync's exit status, which is a good one."""
    ika, tako, where = swap.production, swap.standby, folder(swap)
    ika.link.ask("mkdir", path=where)
    if not copy_run.is_running(swap):
        _begin(swap, number)
    copy_run.watch(swap)
    status, said = copy_run.ended(swap)
    if status not in GOOD:
        raise SwapError(
            f"the copy of {needed(swap.site.home).path} ended with status {status}",
            f"{said}\n{_free(tako, needed(swap.site.home).path)}",
            f"mend what rsync says, then {again()}",
        )
    standby_mail.remember_brought(swap)
    if number == EARLY:
        _close_nameless(tako, needed(swap.site.home).path)
    attempts = [entry["undo"]["replaced"] for entry in tako.record.entries if _is_copy(entry)]
    if attempts:
        copy_left.remember(swap, attempts[-1], needed(swap.site.home).path)
    return status


def _close_nameless(tako: Host, home: str) -> None:
    closed = tako.link.ask("close_nameless", path=home)
    if closed:
        tako.say(f"root's alone until 3.1, for their owners have no account yet: {', '.join(sorted(closed))}")


def _begin(swap: Swap, number: str) -> None:
    """Look at everything that could go wrong, write down what the undo needs, and start."""
    tako, where, home = swap.standby, folder(swap), needed(swap.site.home).path
    want_safe(swap)
    found = before_copy.survey(swap)
    before_copy.want_no_meeting(swap, found)
    before_copy.tell_too_long(swap.production, found)
    without = tuple(found["too_long"])
    install_key(swap)
    listing = _dry_run(swap, without)
    doomed = rsync_listing.doomed(listing)
    before_copy.want_few_deleted(swap, doomed)
    standby_mail.want_decided(swap)
    standby_mail.tell_deleted(tako, doomed)
    forget_earlier(tako, home)
    earlier = [entry["undo"]["replaced"] for entry in undoable(tako.record.entries) if _is_copy(entry)]
    if earlier:
        copy_left.known(swap, earlier[0], home)
    # Each attempt keeps its own: the next may replace what this one has copied.
    attempt = f"{number}/{1 + sum(_is_copy(entry) for entry in tako.record.entries)}"
    _remember_before(swap, f"{where}/{attempt}.json", listing)
    undo = {"kind": "copy", "home": home, "replaced": attempt}
    tako.record.change(f"copy {home} from {swap.production.name}, deleting {len(doomed)}", undo)
    # Root's alone: rsync gives the folders in it to their users, who could exchange them for links.
    tako.link.ask("mkdir", path=f"{home}/{REPLACED}", mode=0o700)
    tako.link.ask("mode", path=f"{home}/{REPLACED}", mode=0o700)
    copy_run.start(swap, attempt, without)


def _free(host: Host, path: str) -> str:
    """How much is free below a path, in words. A host that is gone says nothing: what rsync said matters more."""
    try:
        free = host.link.ask("space", path=path)["free"]
    except (Lost, HostError) as error:
        return f"how much is free on {host.name} below {path} is not known: {error.what}"
    return f"free on {host.name} below {path}: {free / (1 << 20):,.1f} MiB"


def _dry_run(swap: Swap, without: tuple[str, ...]) -> str:
    argv = rsync(swap, "--dry-run", "--out-format=%i %n", without=without)
    return swap.production.query(*argv, ok=GOOD, timeout=24 * 3600).text


def _remember_before(swap: Swap, path: str, listing: str) -> None:
    """Write down, for the undo, what rsync itself keeps nothing of.

    Its log on production is behind what it does on the standby: a copy that is ended in the middle has made more.
    """
    tako, home = swap.standby, needed(swap.site.home).path
    before = {
        "altered": tako.link.ask("states", folder=home, names=rsync_listing.altered(listing)),
        "missing": tako.link.ask("missing", folder=home, names=rsync_listing.made(listing)),
        "written": rsync_listing.written(listing),
    }
    tako.remember(path, json.dumps(before).encode())


def _is_copy(entry: Entry) -> bool:
    return bool(entry.get("event") == "change" and entry["undo"].get("kind") == "copy")


def want_nothing_left(swap: Swap) -> None:
    """4.1: the copy ended well, a dry run finds nothing left, every mailbox arrived whole.

    What is left is copied once more; what users go on changing all the while is told, and stops nobody.

    Raises:
        SwapError: with what is left.
    """
    ika = swap.production
    if swap.planned:
        return
    status, said = copy_run.ended(swap)
    if copy_run.is_running(swap) or status not in GOOD:
        raise SwapError(
            "the copy of /home has not finished well", said, "`fab phase3.home` runs it again or waits for it"
        )
    install_key(swap)  # it went with root's door; a rollback may have opened that again
    began, left = 0.0, _left(swap)
    for _ in range(ROUNDS - 1):
        if not left:
            break
        ika.say(f"{len(left)} files were changed behind the copy: once more")
        began = float(ika.link.ask("clock")["wall"])
        _copy_once(swap, "4.1")
        left = _left(swap)
    changing = (
        set(ika.link.ask("changed_since", folder=needed(swap.site.home).path, names=left, since=began))
        if left
        else set()
    )
    _want_explained([path for path in left if path not in changing])
    if changing:
        ika.warn(f"copied as they were, for they go on changing: {', '.join(sorted(changing)[:SHOWN])}")
    equal = _want_equal_mailboxes(swap, changing)
    ika.result(f"nothing is left to copy; {equal} mailboxes are equal")


def _left(swap: Swap) -> list[str]:
    """The paths of which a dry run still wants something."""
    lines = rsync_listing.left(_dry_run(swap, tuple(before_copy.survey(swap)["too_long"])))
    return [unescape(line[rsync_listing.PATH :]) for line in lines]


def _want_explained(left: list[str]) -> None:
    if left:
        raise SwapError(
            f"{len(left)} files are not copied yet", "\n".join(left[:SHOWN]), "`fab phase3.home`, then phase 4 again"
        )


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
        raise SwapError(f"{len(lost)} mailboxes differ", "\n".join(lost), "`fab phase3.home`, then phase 4 again")
    for user, (messages, size) in staying.items():
        ika.say(f"{user}: {messages} messages, {size} bytes stay on this machine: [home] excludes of site.toml")
    return len(boxes)


def _touches_mail(swap: Swap, user: str, paths: set[str]) -> bool:
    """Is one of the paths below /home a mailbox of the user's, or in one."""
    boxes = tuple(box.replace("*", user) for box in swap.site.mailboxes)
    return any(f"{needed(swap.site.home).path}/{path}".startswith(boxes) for path in paths)


def _plan(swap: Swap) -> None:
    """What the copy would delete, by comparing both hosts' lists of paths: the door is still closed."""
    rules = left_alone(swap.site)
    here, there = (
        host.link.ask("tree", path=needed(swap.site.home).path, excludes=rules)
        for host in (swap.production, swap.standby)
    )
    doomed = sorted(set(there) - set(here))
    if isinstance(swap.standby.record.ground, Planned):
        swap.standby.record.ground.copies[needed(swap.site.home).path] = swap.production.link
    lines = [
        f"$ {shlex.join(rsync(swap))}",
        f"{len(set(here) - set(there))} paths are new",
        f"{len(doomed)} would be deleted:",
    ]
    mail = [
        f"mail that is on {swap.standby.name} alone goes: {line}"
        for line in standby_mail.told(standby_mail.alone(swap))
    ]
    swap.standby.record.change(
        f"copy {needed(swap.site.home).path} from {swap.production.name}", {}, lines=(*lines, *doomed[:200], *mail)
    )

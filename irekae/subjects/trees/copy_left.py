"""What a copy left on the standby, written down when it has ended: whatever differs from that later is somebody's work.

The lists lie on the standby, a line for each path (agent: copy_notes), and are written and read there in parts.
"""

import json
from collections.abc import Iterable, Iterator

from irekae.host import parts
from irekae.host.claims import typed
from irekae.host.host import Host
from irekae.host.tree_claims import CopyLeft, PathState
from irekae.model.errors import Status, SwapError
from irekae.subjects.trees import rsync_listing
from irekae.subjects.trees.rsync_command import folder
from irekae.swap.swap import Swap

UNSURE = "?"  # in the place of a mark: the copy's or somebody's, nobody has looked in time


def expect(swap: Swap, tree: str, attempt: str, listing: Iterable[list[str]]) -> None:
    """Write down, for the undo, what lies where a copy will come, of what rsync itself keeps nothing of.

    Its log on production is behind what it does on the standby: a copy that is ended in the middle has made more.

    Args:
        swap: with both hosts bound to an item.
        tree: path of the folder that is copied into.
        attempt: where the standby keeps what it replaces.
        listing: what rsync will do, in parts of its lines.
    """
    link, path = swap.standby.link, _before(swap, tree, attempt)
    nothing: dict[str, list[str]] = {"made": [], "written": [], "altered": []}
    first = True
    for part in listing:
        made = dict.fromkeys(rsync_listing.made(part))
        written = [name for name in rsync_listing.written(part) if name not in made]
        altered = [*rsync_listing.altered(part), *rsync_listing.folders_deleted(part)]
        noted = {"made": list(made), "written": written, "altered": altered}
        link.ask("note_expected", folder=tree, path=path, first=first, last=False, **noted)
        first = False
    link.ask("note_expected", folder=tree, path=path, first=first, last=True, **nothing)


def remember(swap: Swap, tree: str, attempt: str) -> None:
    """Write down what an attempt that has just ended has left.

    Args:
        swap: with both hosts bound to an item.
        tree: path of the folder that was copied into; site.toml may have another one by now.
        attempt: where the standby keeps what it replaced.
    """
    _note(swap, tree, attempt, left_by(swap, tree, attempt))


def make_known(swap: Swap, tree: str, attempt: str) -> None:
    """The same of an attempt that nobody may have seen end: then what is the same on production is the copy's."""
    if is_known(swap, tree, attempt):
        return
    if swap.standby.exists(f"{folder(swap, tree)}/{attempt}.json"):
        what = f"the copy of {tree} was made by an earlier version of irekae, which wrote down otherwise what it did"
        raise SwapError(what, "", "go on, or back, with the version that made it (`git checkout`)", Status.REFUSED)
    standby, draft = swap.standby, f"{folder(swap, tree)}/{attempt}.unsure"
    _note(swap, tree, attempt, draft)
    lines = parts.in_parts(standby.link, standby.name, "line", path=draft)
    parts.write(standby.link, left_by(swap, tree, attempt), (_as_on_production(swap, tree, part) for part in lines))
    standby.link.ask("remove", path=draft)


def is_known(swap: Swap, tree: str, attempt: str) -> bool:
    """Has somebody written down what an attempt has left."""
    return swap.standby.exists(left_by(swap, tree, attempt))


def left_by(swap: Swap, tree: str, attempt: str) -> str:
    """The list of what an attempt has left, on the standby."""
    return f"{folder(swap, tree)}/{attempt}.left"


def written_by(swap: Swap, tree: str, attempt: str) -> Iterator[str]:
    """The paths that an attempt has written, as rsync logs them."""
    lines = parts.each(swap.standby.link, swap.standby.name, "line", path=left_by(swap, tree, attempt))
    return (name for name, _, mark, _, _ in (_read(swap.standby, line) for line in lines) if mark)


def _before(swap: Swap, tree: str, attempt: str) -> str:
    return f"{folder(swap, tree)}/{attempt}.before"


def _note(swap: Swap, tree: str, attempt: str, target: str) -> None:
    """Let the standby note what an attempt has left, by what was expected and by what the copy has logged."""
    ika, link, logged = swap.production, swap.standby.link, f"{folder(swap, tree)}/{attempt}.logged"
    log = parts.in_parts(ika.link, ika.name, "line", path=f"{folder(swap, tree)}/items")
    parts.write(link, logged, map(_written_in, log))
    link.ask("note_left", folder=tree, path=_before(swap, tree, attempt), source=logged, target=target)


def _written_in(log: list[str]) -> str:
    """Of a part of a copy's log what it has written, a line each, and whether it has made it."""
    items = rsync_listing.in_log(log)
    made = set(rsync_listing.made(items))
    return "".join(f"{json.dumps([name, name in made])}\n" for name in rsync_listing.written(items))


def _read(host: Host, line: str) -> CopyLeft:
    try:
        said = json.loads(line)  # a link may lead to any bytes: no JSON for msgspec
    except (ValueError, RecursionError):
        said = None
    found: CopyLeft = typed(host.name, "copy_left", said)
    return found


def _as_on_production(swap: Swap, tree: str, part: list[str]) -> str:
    """A part of what lies on the standby as the copy's, where it is so on production too."""
    lines = [_read(swap.standby, line) for line in part]
    link = swap.production.link
    marks = link.ask("marks", folder=tree, names=[name for name, _, mark, _, _ in lines if mark])
    states = link.ask("states", folder=tree, names=[name for name, _, _, _, now in lines if now])
    text = ""
    for name, made, mark, was, now in lines:
        ours = mark if mark == marks.get(name, "") else UNSURE
        state = _with_state(now, states.get(name, now)) if now else None
        text += f"{json.dumps([name, made, ours if mark else '', was, state])}\n"
    return text


def _with_state(now: PathState, source: PathState) -> PathState:
    """A state with production's mode and time; numbers of owners mean nothing on another machine."""
    return (source[0], now[1], now[2], source[3], now[4], now[5])

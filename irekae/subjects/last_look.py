"""The last look right before 6.1: is everything that was copied still the same on both hosts.

Behind the exchange nobody looks at the old machine any more, so what was written there since the copy would stay.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from irekae.host.interrupt import Workers
from irekae.host.many import read_many
from irekae.host.parts import each_ahead
from irekae.host.side_by_side import side_by_side
from irekae.model.errors import Status, SwapError
from irekae.site.site import Home, Tree
from irekae.site.trees import holds
from irekae.subjects import mail_tables
from irekae.subjects.databases.unchanged import not_as_copied
from irekae.subjects.held_jobs import folders, held_at, jobs_in
from irekae.subjects.mail_users import users_not_as_copied
from irekae.subjects.small_copies import ids_there, same
from irekae.subjects.stranded_mail import came_behind
from irekae.subjects.trees.before_copy import survey
from irekae.subjects.trees.rsync_command import left_alone
from irekae.subjects.trees.stopped import running
from irekae.swap.swap import Swap

SHOWN = 30  # paths that are named


def want_nothing_written(swap: Swap) -> None:
    """Nothing that phase 3 copied has changed since on either host, and no mail has come; what operators did to their
    own homes is told.

    Args:
        swap: with both hosts bound to 6.1, at their old names.

    Raises:
        SwapError: something has (exit status 3).
    """
    stays, told = _Few(SHOWN), _Few(SHOWN)
    mail = [("", line) for line in came_behind(swap)] if swap.site.mail else []
    tables = [("", line) for line in mail_tables.not_as_copied(swap)]
    tables += [("", line) for line in users_not_as_copied(swap)] if swap.site.has("mail.tables") else []
    for owner, line in chain(mail, _trees(swap), _jobs(swap), _secrets(swap), tables, _databases(swap)):
        (told if owner in swap.site.site.operators else stays).add(line)
    for line in told.lines():
        swap.production.warn(f"an operator's own, and it stays where it is: {line}")
    if stays.count:
        raise SwapError(
            f"{stays.count} things are not on {swap.standby.name} as they are on {swap.production.name} now",
            "\n".join(stays.lines()),
            "find out who writes there; `fab rollback --to phase2`, then `fab phase2` to `fab phase5` again: "
            "what is copied already costs little",
            Status.REFUSED,
        )


class _Few:
    """The first of many lines, and how many there were: a home that is gone has a million.

    Args:
        most: lines that are kept.
    """

    def __init__(self, most: int) -> None:
        """None yet."""
        self.most, self.count = most, 0
        self.first: list[str] = []

    def add(self, line: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= self.most:
            self.first.append(line)

    def lines(self) -> list[str]:
        """Those, and how many more."""
        more = self.count - len(self.first)
        return [*self.first, *([f"… and {more} more"] if more else [])]


def _on_both(swap: Swap, op: str, **arguments: Any) -> tuple[Any, Any]:
    """The answers of production and of the standby, asked side by side."""
    with Workers(2) as pool:
        asked = [pool.submit(host.link.ask, op, **arguments) for host in (swap.production, swap.standby)]
        return asked[0].result(), asked[1].result()


def _trees(swap: Swap) -> Iterator[tuple[str, str]]:
    for tree in swap.site.all_trees:
        yield from changed_below(swap, tree)
        for line in running(swap, tree):
            yield "", f"{tree.path}: a service that writes there runs: {line}"


def changed_below(swap: Swap, tree: Tree) -> Iterator[tuple[str, str]]:
    """Owner's name, "" where it is no home, and a line for each path below the tree that is not the same."""
    path, options = tree.path, {"skip": [*left_alone(tree), *_written(swap, tree)], "contents": tree.checksum}
    ours, theirs = _on_both(swap, "digests", path=path, **options)
    names = sorted({*ours, *theirs})
    differing = [name for name in names if ours.get(name, {}).get("digest") != theirs.get(name, {}).get("digest")]
    # What no copy can take along was told in 0.2, 3.1 and 3.5.
    deep = tuple(f"{folder}/" for folder in survey(swap, tree)["too_long"]) if differing else ()
    for name in differing:
        for inner, was, is_ in _differing(swap, path=path, name=name, **options):
            if not f"{inner}/".startswith(deep):
                yield name if isinstance(tree, Home) else "", f"{path}/{inner}: {_words(swap, was, is_)}"


def _differing(swap: Swap, **named: Any) -> Iterator[tuple[str, str, str]]:
    """Path and description on either host, of what is not the same there."""
    pair = (swap.production, swap.standby)
    ours, theirs = (each_ahead(host.link, host.name, "listed", **named) for host in pair)
    for path, here, there in side_by_side(ours, theirs):
        was, is_ = (entry[1] if entry else "" for entry in (here, there))
        if was != is_:
            yield path, was, is_


def _written(swap: Swap, tree: Tree) -> list[str]:
    """What phase 5 has written in a tree since, with its dated copies: it is not to be the same."""
    paths = [file.path.removeprefix(tree.path) for file in swap.site.files if holds(tree.path, file.path)]
    return [rule for path in paths for rule in (path, f"{path}.{swap.today}")]


def _words(swap: Swap, was: str, is_: str) -> str:
    if not was:
        return f"only on {swap.standby.name}"
    return f"changed since: {was}, on {swap.standby.name} {is_}" if is_ else f"only on {swap.production.name}"


def _jobs(swap: Swap) -> Iterator[tuple[str, str]]:
    site = swap.site
    for folder in folders(site):
        for name in jobs_in(swap.production, site, folder):
            yield name, f"{folder}/{name}: a job came since 1.7 held them"
        paths = {
            held_at(site, f"{folder}/{name}"): name for name in jobs_in(swap.production, site, held_at(site, folder))
        }
        ours, theirs = (read_many(host, [*paths]) for host in (swap.production, swap.standby))
        for path, name in paths.items():
            if path in ours and path in theirs and ours[path].data == theirs[path].data:
                continue
            found = ours.get(path)
            if found and ids_there(swap.standby, found.state) is None:  # 3.2 could give it to nobody there, and told so
                named = f"{found.state['owner']}:{found.state['group']}"
                swap.production.say(f"{folder}/{name} stays here: {named} is not known on {swap.standby.name}")
            else:
                yield name, f"{folder}/{name}: was not carried over by 3.2"


def _secrets(swap: Swap) -> Iterator[tuple[str, str]]:
    path = swap.site.copy.pop_secrets
    if path and not same(path, swap.production, swap.standby):
        yield "", f"{path}: changed since 3.3"


def _databases(swap: Swap) -> Iterator[tuple[str, str]]:
    for line in not_as_copied(swap):
        yield "", line

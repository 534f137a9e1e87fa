"""Mail that only the standby's mailboxes hold: the copy of /home deletes it, or writes production's mailbox over it.

What an earlier copy of this swap has brought is not among it: its owner may have fetched it on production since.
"""

import json
from collections import Counter
from collections.abc import Iterable

from irekae.host.agent.words import unescape
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.legible import legible
from irekae.subjects.mailboxes import home_stays
from irekae.subjects.trees.doomed import Doomed
from irekae.subjects.trees.rsync_command import all_of
from irekae.swap.swap import Swap

SHOWN = 20  # users, and paths of a list, that are told
EVERYBODY = "*"


def alone(swap: Swap) -> Counter[str]:
    """User → how many messages that would go; none of homes that the copy leaves alone.

    Args:
        swap: with both hosts bound to an item.
    """
    own = sorted(_there(swap) - _brought(swap))
    lacking = swap.production.link.ask("mail_lacks", boxes=swap.site.mailboxes, messages=own) if own else []
    return Counter(user for user, _ in lacking if not home_stays(swap.site, user))


def _there(swap: Swap) -> set[tuple[str, str]]:
    """The messages in the standby's mailboxes that the copies touch: below a tree all, elsewhere those of users who
    have mail on production too."""
    below = [box for box in swap.site.mailboxes if swap.site.tree_of(box)]
    found = {(user, name) for user, name in swap.standby.link.ask("mail_messages", boxes=below)}
    for box in swap.site.mailboxes:
        if box not in below:
            paths = swap.production.link.ask("mail_spools", boxes=[box])
            messages = swap.standby.link.ask("mail_messages", boxes=[box]) if paths else ()
            found |= {(user, name) for user, name in messages if box.replace("*", user) in paths}
    return found


def undecided(swap: Swap, found: Counter[str]) -> dict[str, int]:
    """Those of the users on whom nobody has decided yet ([mail] may_delete of site.toml)."""
    allowed = swap.site.mail.may_delete if swap.site.mail else []
    return {user: count for user, count in sorted(found.items()) if user not in allowed and EVERYBODY not in allowed}


def told(found: dict[str, int]) -> list[str]:
    """A line for each user, the first of them."""
    lines = [f"{legible(user)}: {count} messages" for user, count in sorted(found.items())]
    return [*lines[:SHOWN], *([f"… and {len(lines) - SHOWN} more users"] if len(lines) > SHOWN else [])]


def remedy(found: dict[str, int]) -> str:
    """What ends the obstacle."""
    names = ", ".join(json.dumps(legible(user)) for user in found)
    return (
        "take it over to production, or let it go: "
        f"may_delete = [{names}] in [mail] of site.toml; `fab rollback` gives it back until the swap has ended"
    )


def want_decided(swap: Swap, again: str) -> None:
    """Tell what mail goes, by user and count.

    Args:
        swap: with both hosts bound to an item.
        again: the command that copies, for the next step.

    Raises:
        SwapError: nobody has decided on some of it (exit status 3).
    """
    found = alone(swap)
    if left := undecided(swap, found):
        raise SwapError(
            f"the copy would delete mail of {len(left)} users that is on {swap.standby.name} alone",
            "\n".join(told(left)),
            f"{remedy(left)}; then `{again}`",
            Status.REFUSED,
        )
    for line in told(found):
        swap.standby.warn(f"mail that is here alone goes, and is kept for a rollback: {line}")


def tell_deleted(host: Host, doomed: Doomed) -> None:
    """How many files the copy deletes in each home, with one of them; they are kept for a rollback."""
    for tree, count in doomed.counts.most_common(SHOWN):
        one = unescape(doomed.some[tree][0])
        host.warn(f"here alone, deleted and kept for a rollback: {tree}: {count} files, {one} among them")


def _memory(swap: Swap) -> str:
    return f"{all_of(swap)}/mail.json"


def remember_brought(swap: Swap) -> None:
    """Write down which messages the standby holds right behind a copy: all of them are production's."""
    swap.standby.remember(_memory(swap), json.dumps(sorted(_there(swap))).encode())


def remember_written(swap: Swap, written: Iterable[str]) -> None:
    """The same of a copy whose end nobody has seen: the messages that its log says it has written, and those known.

    Args:
        swap: with both hosts bound to an item.
        written: paths below the tree, as rsync logs them.
    """
    parts = (unescape(path).split("/") for path in written)
    names = {part[-1].partition(":2,")[0] for part in parts if part[-2:-1] in (["cur"], ["new"])}
    brought = {(user, name) for user, name in _there(swap) if name in names} | _brought(swap)
    swap.standby.remember(_memory(swap), json.dumps(sorted(brought)).encode())


def _brought(swap: Swap) -> set[tuple[str, str]]:
    """What a copy of this very swap has brought."""
    copied = any(one.get("undo", {}).get("kind") == "copy" for one in swap.standby.record.entries)
    held = swap.standby.find(_memory(swap)) if copied else None
    return {(str(user), str(name)) for user, name in json.loads(held.data)} if held else set()

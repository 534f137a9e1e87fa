"""The accounts of the two hosts: read, compared, and copied under the system's own lock (0.2, 3.4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from irekae.host.host import Host
from irekae.host.remote import HostError
from irekae.host.since import last_written, undo_has_begun
from irekae.model.errors import SwapError, again
from irekae.model.legible import line
from irekae.subjects.accounts.decisions import Decided, decide
from irekae.subjects.accounts.differences import shells
from irekae.subjects.accounts.files import Accounts, read_passwd
from irekae.swap.swap import Swap

PASSWD, SHADOW, GROUP, GSHADOW = "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"
# What is still to be done is told by passwd and group: they come behind the shadow of each, so that an end between two
# of them leaves nothing that the next attempt would not see.
ORDER = ((GSHADOW, "gshadow"), (GROUP, "group"), (SHADOW, "shadow"), (PASSWD, "passwd"))
WITHIN = 15.0  # seconds for the lock, as lckpwdf(3) waits


@contextmanager
def locked(host: Host) -> Iterator[None]:
    """Hold the lock on the host's files of accounts, so that no useradd, passwd or vipw writes them meanwhile.

    Raises:
        SwapError: somebody else held it for too long.
    """
    if host.planned:
        yield
        return
    try:
        host.link.ask("lock_accounts", folder="/etc", within=WITHIN)
    except HostError as error:
        if error.kind != "busy":
            raise
        what = f"somebody is changing accounts on {host.name}; nothing was changed"
        raise SwapError(what, str(error), f"let that end, then {again()}") from None
    try:
        yield
    finally:
        host.link.ask("unlock_accounts")


def compare(swap: Swap) -> Decided:
    """What 3.4 would come to, with the hosts as they are now."""
    today = datetime.fromtimestamp(swap.standby.link.ask("clock")["wall"], UTC).date()
    source, target = read_accounts(swap.production), read_accounts(swap.standby)
    return decide(source, target, swap.site.accounts, today, _gone(swap.standby, target))


def missing_shells(swap: Swap, found: Decided) -> list[str]:
    """Login shells of users that the standby lacks, a line each."""
    users = {user.name for user in found.merge.users} | {difference.name for difference in found.differences}
    wanted = shells(found.accounts, users)
    there = swap.standby.there([*wanted])
    return [
        f"shell {line(shell)} is not there on {swap.standby.name}: {', '.join(map(line, names))}"
        for shell, names in wanted.items()
        if shell not in there
    ]


def copy_accounts(swap: Swap) -> None:
    """Bring the standby's accounts to what `compare` says, under the lock.

    Raises:
        SwapError: some are refused, or must be decided first; the others are copied.
    """
    tako = swap.standby
    with locked(tako):
        found = compare(swap)
        for said in [*found.summary(), *missing_shells(swap, found)]:
            tako.say(said)
        for path, field in ORDER:
            _write(tako, path, getattr(found.accounts, field))
    points = found.open_points()
    if points:
        raise SwapError(
            f"{len(points)} accounts must be decided or brought right; the others are copied",
            "\n".join(points),
            f"decide in site.toml, or bring them right by hand on {tako.name}; then {again()}",
        )


def _write(host: Host, path: str, text: bytes | None) -> None:
    if text is not None:
        host.edit(path, lambda _: text, afresh=True)


def read_accounts(host: Host) -> Accounts:
    """A host's files of accounts as they are now."""
    gshadow = host.read(GSHADOW) if host.exists(GSHADOW) else None
    return Accounts(host.read(PASSWD), host.read(SHADOW), host.read(GROUP), gshadow)


def _gone(host: Host, now: Accounts) -> set[str]:
    """Whom we copied and somebody has removed since: they are not copied again."""
    ours = last_written(host.record, PASSWD)
    if ours is None or ours.data is None or not ours.certain or undo_has_begun(host.record):
        return set()
    return set(read_passwd(ours.data).entries) - set(read_passwd(now.passwd).entries)

"""Files in which dovecot has users of its own (passwd-file): they go over with the mail system's tables (3.7).

The account that their mailboxes belong to may have another number on each machine, so it is put down by its name there.
What stands in these files is secret: nothing of it is ever told.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from irekae.host.host import Host
from irekae.host.many import Put, put_all, read_many
from irekae.host.overlay import File
from irekae.model.errors import SwapError
from irekae.model.legible import legible
from irekae.site.account_numbers import group_ids, user_ids
from irekae.site.site import Site
from irekae.site.trees import holds
from irekae.subjects.small_copies import ids_there
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap

DOVECOT = "dovecot"
# Of a line the third and fourth field say whose the mailbox is; behind the seventh stand words like `userdb_uid=5000`.
_WORD = re.compile(rb"(?<![^\s:])((?:userdb_)?(uid|gid)=)([0-9]+)(?!\S)")


class Names(NamedTuple):
    """Numbers of a host's accounts and groups, by name."""

    users: dict[str, int]
    groups: dict[str, int]


class Translated(NamedTuple):
    """A file of users as it is right on another host, and the names in it that are not known there."""

    data: bytes
    lacking: list[str]


def of_dovecot(shown: str) -> list[str]:
    """The files of users that a configuration names.

    Args:
        shown: what `doveconf -n` says.
    """
    found: list[str] = []
    driver, named, depth = "", "", 0
    for line in map(str.strip, shown.splitlines()):
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "passwd_file_path" and value.startswith("/"):  # since 2.4
            found.append(value)
        elif not depth and re.match(r"(passdb|userdb)\b.*\{$", line):
            driver, named, depth = "", "", 1
        elif depth:
            depth += line.endswith("{") - (line == "}")
            driver, named = (value, named) if key == "driver" else (driver, value if key == "args" else named)
            if not depth and driver == "passwd-file":
                found += [word for word in named.split()[-1:] if word.startswith("/")]
    return sorted({*found})


def translated(data: bytes, ours: Names, theirs: Names) -> Translated:
    """Each number that has a name on the host that the file comes from is that name's number on the other."""
    names = [{number: name for name, number in reversed(table.items())} for table in ours]
    lacking: list[str] = []

    def number(field: bytes, which: int) -> bytes:
        name = names[which].get(int(field)) if field.isdigit() else None
        if name is None:  # a name, nothing, or a number that no account has: the same on each host
            return field
        if name not in theirs[which]:
            lacking.append(name)
            return field
        return str(theirs[which][name]).encode()

    def line(text: bytes) -> bytes:
        fields = text.split(b":")
        if text.lstrip().startswith(b"#"):
            return text
        for which, place in enumerate((2, 3)):
            fields[place : place + 1] = [number(field, which) for field in fields[place : place + 1]]
        more = [_WORD.sub(lambda word: word[1] + number(word[3], word[2] == b"gid"), field) for field in fields[7:]]
        return b":".join([*fields[:7], *more])

    return Translated(b"\n".join(map(line, data.split(b"\n"))), sorted({*lacking}))


def files_of_users(host: Host, site: Site) -> list[str]:
    """Those that production's dovecot names and that go over: not those of a data tree, nor each machine's own."""
    return [path for path in of_dovecot(_shown(host, site)) if "%" not in path and not stays(site, path)]


def stays(site: Site, path: str) -> bool:
    """Does a file go over with a tree, or is it each machine's own: [[files]], [mail] own_tables."""
    own = [*(site.mail.own_tables if site.mail else []), *(file.path for file in site.files)]
    return path in own or any(holds(tree.path, path) for tree in site.all_trees)


def has_dovecot(site: Site) -> bool:
    """Is dovecot one of its services."""
    return any(DOVECOT in (service.init, service.process) for service in site.services.values())


def _shown(host: Host, site: Site) -> str:
    """What dovecot says of its configuration, where the site has it."""
    if not has_dovecot(site):
        return ""
    look = host.record.until_changed("doveconf -n", lambda: host.look("doveconf", "-n"))
    if look.status != 0:
        what = f"`doveconf -n` fails on {host.name}: in which files dovecot has users is not known (3.7)"
        raise SwapError(what, f"exit status {look.status}", "`doveconf -n` there says why")
    return look.text


def _names(host: Host) -> Names:
    held = host.read_all(["/etc/passwd", "/etc/group"])
    return Names(user_ids(held["/etc/passwd"]), group_ids(held["/etc/group"]))


def _wanted(swap: Swap) -> Iterator[tuple[str, File, Translated]]:
    """Path, file on production, and as it is to be on the standby."""
    found = read_many(swap.production, files_of_users(swap.production, swap.site))
    if found:
        ours, theirs = _names(swap.production), _names(swap.standby)
        yield from ((path, file, translated(file.data, ours, theirs)) for path, file in sorted(found.items()))


def copy_users(swap: Swap) -> None:
    """Copy them with mode, time, and owner by name; what the standby had is kept with the date.

    Raises:
        SwapError: the standby does not know a name that one of them needs.
    """
    host = swap.standby
    for path, file, there in _wanted(swap):
        ids = ids_there(host, file.state)
        if there.lacking or ids is None:
            raise SwapError(_lacks(path, file, there, host), hint=f"make it on {host.name}, then `fab phase3`")
        held = host.find(path)
        if held is None or held.data != there.data:
            host.keep_dated(path)
        elif all(held.state.get(key) == file.state.get(key) for key in ("mode", "owner", "group")):
            continue
        put_all(host, [Put(path, there.data, file.state["mode"], *ids, file.state["mtime"])])


def _lacks(path: str, file: File, there: Translated, host: Host) -> str:
    names = legible(", ".join(there.lacking) or f"{file.state['owner']}:{file.state['group']}")
    return f"{path} is of {names}, which {host.name} does not know (3.7)"


def users_not_as_copied(swap: Swap) -> Iterator[str]:
    """A line for each that the standby has otherwise now."""
    for path, _, there in _wanted(swap):
        held = swap.standby.find(path)
        if held is None or held.data != there.data:
            yield f"{path}: changed since 3.7"


def users_not_carried(swap: Swap) -> Iterable[Obstacle]:
    """Each can be found, and put down on the standby by names that it knows, or gets with the accounts (3.4)."""
    ika, tako, site = swap.production, swap.standby, swap.site
    for path in of_dovecot(_shown(ika, site)):
        # What a variable names lies somewhere below the last folder in front of it.
        if stays(site, path) or stays(site, f"{path.partition('%')[0].rpartition('/')[0]}/"):
            continue
        kind = (ika.record.ground.stat(path) or {"kind": "file"})["kind"]
        if "%" in path or kind != "file":
            yield Obstacle(
                f"dovecot has users in {path}, which is no plain file: 3.7 cannot carry them",
                "name the file itself; or name it in [mail] own_tables of site.toml, and keep both hosts' the same by "
                "hand",
                ika.name,
            )
    known = site.accounts
    coming = {name for name, number in _names(ika).users.items() if known.uid_min <= number <= known.uid_max}
    for path, file, there in _wanted(swap):
        lacking = [name for name in there.lacking if name not in coming]
        if lacking or (ids_there(tako, file.state) is None and file.state["owner"] not in coming):
            yield Obstacle(
                _lacks(path, file, there._replace(lacking=lacking), tako),
                f"make it on {tako.name}; or name the file in [mail] own_tables of site.toml, and keep both hosts' the "
                "same by hand",
                tako.name,
            )
        folder = path.rpartition("/")[0]
        if not tako.there([folder]):
            remedy = f"make it on {tako.name}, with owner and mode as on {ika.name}"
            yield Obstacle(f"there is no {folder}, into which 3.7 copies", remedy, tako.name)

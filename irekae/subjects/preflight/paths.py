"""The files and folders of site.toml, as they lie on the hosts: there, and such as can be replaced."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from irekae.host.host import Host
from irekae.model.items import On
from irekae.site.inventory import Inventory
from irekae.site.site import Home, Site
from irekae.subjects.mail import system_of
from irekae.subjects.network.live_file import live_file
from irekae.subjects.preflight import mounts
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

RESOLV_CONF = "/etc/resolv.conf"
ACCOUNTS = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow")
# lsattr(1): one that cannot be changed, one that can only be added to.
_FLAGS = re.compile(r"^(?P<flags>[-a-zA-Z]*[ia][-a-zA-Z]*) (?P<path>/.*)$", re.MULTILINE)


@each_host
def missing(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Every path of site.toml that an item reads or writes is there."""
    paths = named(host, swap.site)
    there = host.there(paths)
    for path in paths:
        if path not in there:
            yield Obstacle(f"{path} is missing", "correct its path in site.toml, or make it")


def named(host: Host, site: Site) -> list[str]:
    """The paths of site.toml that must lie on a host with its role."""
    found = [file.path for file in site.files]
    found += [path for path in (site.copy.pop_secrets, site.copy.crontabs) if path]
    found += [site.dns.namedb] if site.dns and site.dns.namedb else []
    # The standby's is made by the copy where it has none.
    found += [tree.path for tree in site.all_trees if isinstance(tree, Home) or host.role is On.PRODUCTION]
    found += system_of(site).files() if site.mail else []
    if host.role is On.PRODUCTION:
        found += [box.partition("/*")[0] for box in site.mailboxes if box.endswith("/")]
    return found + [ml.bouncer for ml in site.lists if ml.bouncer and host.role is On.PRODUCTION]


def written(role: On, site: Site, inventory: Inventory) -> list[str]:
    """Files that an item writes or replaces on the host of a role; but for resolv.conf they are the same on both."""
    found = [file.path for file in site.files]
    found += system_of(site).files() if site.mail else []
    found += [site.root_door.sshd_config, *([site.copy.pop_secrets] if site.copy.pop_secrets else [])]
    found += [RESOLV_CONF] if _is_told_whom_to_ask(role, site, inventory) else []
    found += [*ACCOUNTS, *site.phase1.files, "/root/.ssh/authorized_keys"]
    return list(dict.fromkeys(found + [ml.bouncer for ml in site.lists if ml.bouncer]))


def replaced(host: Host, swap: Swap) -> list[str]:
    """The same with the file that its network manager reads, which 5.3 or 5.4 writes."""
    live = live_file(host, swap)
    return list(dict.fromkeys([*written(host.role, swap.site, swap.inventory), *([live] if live else [])]))


def _is_told_whom_to_ask(role: On, site: Site, inventory: Inventory) -> bool:
    """Is its resolv.conf written: the new production's by 7.6, the new standby's by 7.8 where that knows servers."""
    if site.dns is None:
        return False
    return bool(inventory.group("resolvers")) if role is On.PRODUCTION else site.dns.ask_itself


@each_host
def replaceable(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """A file that is to be replaced in one step is a file, and what holds it lets it be replaced."""
    table = mounts.table(host)
    there = []
    for path in replaced(host, swap):
        state = host.record.ground.stat(path)
        if state is None:
            continue
        there.append(path)
        if state["kind"] != "file":
            yield _no_file(path, state)
        mount = mounts.of(table, path)
        if mount and mount.read_only:
            yield Obstacle(
                f"{path} is on a read-only file system ({mount.where})", f"`mount -o remount,rw {mount.where}`"
            )
        elif mount and mount.where == path:
            yield Obstacle(
                f"{path} is a mount by itself: it cannot be replaced", f"`umount {path}`, and its place at boot"
            )
    yield from _fixed(host, there)


def _no_file(path: str, state: dict[str, object]) -> Obstacle:
    if state["kind"] != "link":
        return Obstacle(f"{path} is no regular file", "correct its path in site.toml")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), str(state.get("target", ""))))
    return Obstacle(
        f"{path} is a symbolic link to {target}: what writes {target} would write over the change, or a link is lost",
        f"`cp --remove-destination {target} {path}` and end what writes it, or name {target} in site.toml",
    )


def _fixed(host: Host, paths: list[str]) -> Iterator[Obstacle]:
    """Files and their folders that even root cannot replace (chattr(1)); file systems without such flags have none."""
    folders = sorted({posixpath.dirname(path) for path in paths})
    for found in _FLAGS.finditer(host.look("lsattr", "-d", *paths, *folders).text):
        path, flags = found["path"], found["flags"]
        for flag, word in (("i", "immutable"), ("a", "append-only")):
            if flag in flags:
                yield Obstacle(f"{path} is {word}", f"`chattr -{flag} {path}`; and who set it, and why")

"""Why a server's data directory cannot be copied, by what both servers say of it: pure."""

from collections.abc import Iterator

from irekae.site.databases import Database
from irekae.subjects.databases.said import Files, Look
from irekae.swap.obstacle import Obstacle

SLACK = 256 << 20  # bytes that must stay free
OLDEST = {"mariadb": [10, 8]}  # releases whose redo log we can read
BY_DUMP = 'by = "dump" in [[databases]] of site.toml does without'


def file_obstacles(
    entry: Database, ours: Look, theirs: Look, production: str, standby: str, copied: bool
) -> Iterator[Obstacle]:
    """All of them, each with what ends it.

    Args:
        entry: of site.toml.
        ours, theirs: what production's and the standby's server say, with their files.
        production, standby: what the hosts are called.
        copied: has a copy of the files, or a part of it, its room already.
    """
    yield from _release(entry, ours, theirs, standby)
    for look, name in ((ours, production), (theirs, standby)):
        for kind, what in look.files.against if look.files else ():
            yield _against(entry, kind, what, name)
    if ours.files and theirs.files:
        yield from _agreed(entry, ours.files, theirs.files, standby)
        yield from () if copied else _room(entry, ours.files, theirs.files, standby)


def _release(entry: Database, ours: Look, theirs: Look, standby: str) -> Iterator[Obstacle]:
    """The files of one release are no other's."""
    oldest = OLDEST.get(entry.kind, [])
    if ours.release < oldest:
        what = f"{entry.label} {ours.version}: nobody can see of its files whether it has ended well"
        yield Obstacle(what, f"install 10.11 or newer; {BY_DUMP}")
    if theirs.release != ours.release:
        what = f"{entry.label} is {theirs.version}, production's {ours.version}: files are those of one release"
        yield Obstacle(what, f"install the same release; {BY_DUMP}", standby)
    elif _numbers(theirs.version) < _numbers(ours.version):
        yield Obstacle(
            f"{entry.label} is {theirs.version}, older than production's {ours.version}",
            "install the same release there, or a newer one",
            standby,
        )


def _numbers(version: str) -> list[int]:
    words = version.split(" ")[0].split("-")[0].split(".")
    return [int(word) for word in words if word.isdigit()]


def _against(entry: Database, kind: str, what: str, name: str) -> Obstacle:
    label = entry.label
    text, remedy = {
        "mount": (f"{label}: {what} is a file system of its own, or holds one: it cannot be exchanged in one step",
                  f"let the data directory be a folder within that file system; {BY_DUMP}"),
        "place": (f"{label}: beside {what} nothing is root's alone, so a copy cannot stand there",
                  f"`chown root:root` of the folder above, mode 0755; {BY_DUMP}"),
        "link": (f"{label}: a link leads out of the data directory: {what}",
                 f"put what it leads to into the directory; {BY_DUMP}"),
        "outside": (f"{label}: data lie outside the data directory: {what}",
                    f"put them into the directory; {BY_DUMP}"),
        "tablespace": (f"{label}: a tablespace lies outside the data directory: {what}",
                       f"move what is in it (ALTER TABLE … SET TABLESPACE pg_default) and drop it; {BY_DUMP}"),
        "elsewhere": (f"{label}: the server works elsewhere than in its data directory {what}",
                      f"is it in a container, or was it moved? name its own socket and cluster; {BY_DUMP}"),
        "encrypted": (f"{label}: what it writes may be encrypted ({what}), and the keys lie elsewhere", BY_DUMP),
        "shutdown": (f"{label}: it ends without writing everything: {what}",
                     "SET GLOBAL innodb_fast_shutdown = 1, in its configuration too"),
        "maintenance": (f"{label}: the account debian-sys-maint has its password in /etc/mysql/debian.cnf of each host",
                        f"let that file say root, and drop the account (Debian does without it since 9); {BY_DUMP}"),
        "slot": (f"{label}: it keeps changes for somebody who fetches them (replication slot {what})",
                 "drop the slot, if nobody does any more (pg_drop_replication_slot)"),
        "archive": (f"{label}: it archives its log ({what}), and both would give the same names to other contents",
                    f"archive_mode = off until the swap is over; {BY_DUMP}"),
    }[kind]  # fmt: skip
    return Obstacle(text, remedy, name)


def _agreed(entry: Database, ours: Files, theirs: Files, standby: str) -> Iterator[Obstacle]:
    for name, value in ours.same.items():
        there = theirs.same.get(name, "")
        if there != value and name in ("libc", "ICU"):
            what = f"{entry.label}: {name} is {there}, production's {value}: text is sorted otherwise, no index holds"
            yield Obstacle(what, f"install the same release of the system; {BY_DUMP}", standby)
        elif there != value:
            what = f"{entry.label}: {name} is {there}, production's {value}: it cannot read the files"
            yield Obstacle(what, f"build or configure both servers alike; {BY_DUMP}", standby)
    lacking = [need for need in ours.needs if need not in theirs.offers]
    if lacking:
        what = f"{entry.label} lacks {', '.join(lacking)}, which production's own tables name"
        yield Obstacle(what, "install the package that brings it", standby)


def _room(entry: Database, ours: Files, theirs: Files, standby: str) -> Iterator[Obstacle]:
    """There is room for a second copy: the standby's own stays until the swap is over."""
    need = ours.size + SLACK
    if theirs.place and need > theirs.free:
        where = theirs.place.rpartition("/.")[0] or "/"
        what = f"{entry.label} needs {need >> 20} MiB more below {where}, {theirs.free >> 20} MiB are free"
        yield Obstacle(what, "make room there", standby)

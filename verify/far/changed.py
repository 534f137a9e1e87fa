"""Holds two scans against each other: what a boot or a daemon would read otherwise than at the boot that was proved."""

from __future__ import annotations

import hashlib
import os
import posixpath
from typing import Any

from verify.far.itself import is_copy
from verify.far.ordinary import is_the_same_or_more
from verify.far.readers import Readers
from verify.far.trees import ATTRIBUTES, CONTENT, CTIME, GID, INODE, KIND, MODE, UID, Entry

SECOND = 1e9
MOST = 300
NEVER = -1e9
UNTOUCHED = 2.0  # seconds behind a moment of a boot in which nobody can have edited a file; clocks agree no better
LONGEST_BOOT = 300.0  # seconds
WRITTEN = ("content", "written anew")
WORDS = {KIND: "kind", MODE: "mode", UID: "owner", GID: "group", CONTENT: "content", ATTRIBUTES: "attributes"}


def differences(
    record: dict[str, Any], now: dict[str, Entry], running: list[dict[str, Any]], booted: float
) -> list[dict[str, Any]]:
    """Every path that is not as it was: `how`, since when, what it was and is (`was`, `found`); at most MOST of them.

    `by` names the daemons that have read it since: what runs is what is there, and no boot has tried it.

    Args:
        record: what the boot left, and the tables that are `looked_up` anew each time.
        now: what is there.
        running: daemons; what they have read since then is no difference where it says the same, or is daily life.
        booted: when the host was booted again since; what changed before that was read by that boot. NEVER: it was not.
    """
    before: dict[str, Entry] = record["found"]
    readers, known, found = Readers(running), set(before), []
    for path in sorted(known | now.keys()):
        how = told(before.get(path), now.get(path))
        moment = changed_at(path, now.get(path))
        by = readers.that_have_read(path, moment) if how else []
        if not how:
            how = read_meanwhile(path, before[path], now[path], readers, record["at"])
        elif 0 < moment <= booted + UNTOUCHED or nothing_new(path, how, known, now) or is_daily(path, how, by, record):
            how = ""
        if how:
            was, is_now = (stated(entries.get(path), record["salt"]) for entries in (before, now))
            found.append(
                {
                    "path": path,
                    "how": how,
                    "at": moment,
                    "by": by,
                    "was": was,
                    "found": is_now if was != is_now else how,
                }
            )
    return without_inner(found)[:MOST]


def is_daily(path: str, how: str, by: list[str], record: dict[str, Any]) -> bool:
    """Whether nobody need look at another content: of a table, or of what daemons `by` read and that says the same."""
    return how in WRITTEN and (path in record.get("looked_up", ()) or (bool(by) and is_the_same_or_more(path, record)))


def stated(entry: Entry | None, salt: str) -> str:
    """All that counts of a path in a line. A digest of what a secret file holds is told to nobody without the salt."""
    if entry is None:
        return "not there"
    told = f"{entry[KIND]}, mode {entry[MODE]:04o}, owner {entry[UID]}:{entry[GID]}"
    if entry[KIND] == "link":
        return f"link to {entry[CONTENT]}"
    if entry[KIND] != "file":
        return told
    held = f"{salt} {entry[CONTENT] or entry[CTIME]} {entry[ATTRIBUTES]}"
    return f"{told}, content {hashlib.sha256(held.encode()).hexdigest()[:12]}"


def told(old: Entry | None, new: Entry | None) -> str:
    """How a path differs, in words; "" where it doesn't. An unknown digest stands for whatever it was then."""
    if old is None or new is None:
        return "new" if old is None else "gone"
    undigested = old[KIND] == new[KIND] == "file" and not (old[CONTENT] and new[CONTENT])
    if undigested and old[CTIME:CONTENT] != new[CTIME:CONTENT]:
        return "written anew"
    names = [WORDS[place] for place in WORDS if old[place] != new[place]]
    if "mode" in names:
        names[names.index("mode")] = f"mode {old[MODE]:04o} → {new[MODE]:04o}"
    if new[KIND] == "link" and "content" in names:
        names[names.index("content")] = "target"
    return ", ".join(names)


def changed_at(path: str, new: Entry | None) -> float:
    """When it became what it is, as far as that can be told: of what is gone, and of a folder, by the folder."""
    if new is not None and new[KIND] != "folder":
        return float(new[CTIME]) / SECOND
    while path != "/":
        path = path if new is not None else posixpath.dirname(path)
        try:
            return os.lstat(path).st_ctime
        except OSError:
            new = None
    return 0.0


def read_meanwhile(path: str, old: Entry, new: Entry, readers: Readers, kept: float) -> str:
    """A file that was changed and put back: whether a daemon read it in between, in words."""
    if new[KIND] != "file" or old[CTIME : INODE + 1] == new[CTIME : INODE + 1]:
        return ""
    name = readers.read_between(path, kept, float(new[CTIME]) / SECOND)
    return f"written after {name} had read it" if name else ""


def nothing_new(path: str, how: str, known: set[str], now: dict[str, Entry]) -> bool:
    """Whether what is new is read by nobody: a copy kept beside the file, a folder in which there is nothing."""
    if how != "new":
        return False
    below = (other for other in now if other.startswith(f"{path}/") and now[other][KIND] != "folder")
    return (now[path][KIND] == "folder" and next(below, None) is None) or is_copy(path, known)


def without_inner(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A folder that is new or gone stands for all that is in it."""
    whole = {one["path"] for one in found if one["how"] in ("new", "gone")}
    return [one for one in found if posixpath.dirname(one["path"]) not in whole]


def late(found: dict[str, Entry], ended: float, ours: list[str]) -> list[str]:
    """Paths that were changed after the boot had ended, and not by the swap itself: it may not have read them so.

    Args:
        found: all paths.
        ended: when. Boot scripts themselves write what they read, at each boot anew.
        ours: what the swap itself changes after a boot.
    """
    after = (ended + UNTOUCHED) * SECOND
    return [path for path in sorted(found) if found[path][CTIME] > after and not is_below(path, ours)][:MOST]


def end_of_boot(running: list[dict[str, Any]], booted: float) -> float:
    """When the last daemon began that a boot has begun: not one that was restarted long after it."""
    return max([booted, *(float(one["start"]) for one in running if one["start"] < booted + LONGEST_BOOT)])


def is_below(path: str, tops: list[str]) -> bool:
    """Whether it is one of these, or lies below one."""
    return any(path == top or path.startswith(f"{top}/") for top in tops)

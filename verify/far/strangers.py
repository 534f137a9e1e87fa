"""Holds the daemons of now against those of the boot: who is new, who is gone, who runs otherwise."""

from __future__ import annotations

import os
import posixpath
import time
from collections import Counter
from typing import Any

from verify.far.conversing import converses
from verify.far.on_demand import on_demand
from verify.far.running import GONE, PASSING, PEOPLE, PROGRAMS, daemons, replaced

PATIENCE = 3.0  # seconds for what is just beginning or ending
PAUSE = 0.2


def processes(record: dict[str, Any], running: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Who is gone, new or runs otherwise: what it is about (`key`), what it was and is.

    Where somebody is new or gone it is looked again for a while: a job may just end, a daemon just begin.
    """
    until = time.monotonic() + PATIENCE
    while True:
        passing = on_demand(one.get("unit", "") for one in (*record["daemons"], *running))
        before = [one for one in record["daemons"] if counts(one, passing)]
        now = [one for one in running if counts(one, passing)]
        gone = apart(before, now)
        new = [one for one in apart(now, before) if not (PROGRAMS.fullmatch(one["exe"]) and converses(one["pid"]))]
        if not (gone or new) or time.monotonic() > until:
            break
        time.sleep(PAUSE)
        running = daemons()
    return [
        *(told(one, "runs", "does not run") for one in gone),
        *(told(one, "not started by the boot", "runs") for one in new),
        *(line for one in now for line in otherwise(one, before)),
        *(
            difference(one, path, "runs what lies there", "it was replaced")
            for one in now
            for path in replaced(one["pid"])
        ),
    ]


def told(one: dict[str, Any], was: str, found: str) -> dict[str, str]:
    """A daemon that is new or gone."""
    key = f"{one['name']} of user {one['users'][0]}: {one['argv'] or one['exe']}"
    return {"key": key, "was": was, "found": f"{found}: {one['exe']}" if found == "runs" else found}


def difference(one: dict[str, Any], what: str, was: object, found: object) -> dict[str, str]:
    """Something in which a daemon is not as the boot left it."""
    return {"key": f"{one['name']}: {what}", "was": str(was), "found": str(found)}


def counts(one: dict[str, Any], passing_units: set[str]) -> bool:
    """Whether it is a daemon of the system's: not a user's own, not one that comes and goes."""
    if one.get("unit", "") in passing_units:
        return False
    users = {int(user) for user in one["users"] if user.lstrip("-").isdigit()}
    # A job's parent may outlive the cron that began it, and calls itself CRON in its arguments alone.
    names = (one["name"], posixpath.basename(one["argv"].partition(" ")[0]))
    passing = PROGRAMS.fullmatch(one["exe"]) and any(PASSING.fullmatch(name) for name in names)
    # systemd begins a manager of its own for whoever logs in, root too.
    ours = one["pid"] == os.getpid() or "--user" in one["argv"].split()
    return not passing and not ours and not (users and users <= set(PEOPLE))


def identity(one: dict[str, Any]) -> tuple[str, str, str]:
    """By which a daemon is known again after it was started anew."""
    exe = one["exe"][: -len(GONE)] if one["exe"].endswith(GONE) else one["exe"]
    return exe, one["argv"], " ".join(one["users"])


def apart(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `some` for which there is none among `others`, counted one by one."""
    left = Counter(identity(one) for one in others)
    found = []
    for one in some:
        if left[identity(one)] > 0:
            left[identity(one)] -= 1
        else:
            found.append(one)
    return found


def otherwise(one: dict[str, Any], before: list[dict[str, Any]]) -> list[dict[str, str]]:
    """In what a daemon differs from the one that the boot started, though program, arguments and user are the same."""
    same = [old for old in before if identity(old) == identity(one)]
    return min((unlike(one, old) for old in same), key=len, default=[])


def unlike(one: dict[str, Any], old: dict[str, Any]) -> list[dict[str, str]]:
    """Each thing in which one daemon is not like the other."""
    found = [difference(one, what, old[what], one[what]) for what in ("groups", "root") if one[what] != old[what]]
    if one.get("at_rest") and not old.get("at_rest"):
        found.append(difference(one, "its work", "runs", f"does not run: {one['at_rest']}"))
    if one.get("nice", 0) > old.get("nice", one.get("nice", 0)):
        found.append(difference(one, "niceness", old["nice"], one["nice"]))
    for name, bound in old.get("narrowed", {}).items():
        if one.get("narrowed", {}).get(name, bound) != bound:
            found.append(difference(one, name, bound, one["narrowed"][name]))
    for name in sorted({*one["environment"], *old["environment"]}):
        was, is_now = (which["environment"].get(name, "not set") for which in (old, one))
        if was != is_now:
            found.append(difference(one, name, was, is_now))
    # One that stays where it was started stands in / after a boot, and elsewhere after a restart by hand.
    if one["cwd"].endswith(GONE) or (old["cwd"] != "/" and one["cwd"] != old["cwd"]):
        found.append(difference(one, "folder that it runs in", old["cwd"], one["cwd"]))
    for name, limit in old["limits"].items():
        if is_less(one["limits"].get(name, -1), limit):
            found.append(difference(one, f"{name.lower()} (limit)", limit, one["limits"][name]))
    return found


def is_less(now: int, before: int) -> bool:
    """Whether a limit is narrower; -1: none."""
    return now >= 0 and (before < 0 or now < before)

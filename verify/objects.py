"""How everything in the databases is made, held against what 3.6 wrote down: a thing may be there and be another one.

The digests are those of the very program that told them then, asked again under the same key. What an application or
an administrator may have done since is a finding, and a person knows why.
"""

from __future__ import annotations

from collections.abc import Iterator

from irekae.model.copied import Copied, Made
from irekae.model.findings import Finding
from irekae.site.site import Database

REMEDY = "find out who changed it; `fab explain ID --why` where it is right"
ALL = ("PUBLIC", "the owner")  # of PostgreSQL: who is no account, and is granted something


def comparable(now: Made | None, copied: Copied) -> tuple[Made, Made] | None:
    """What was told then and what is told now, if both say the same in the same words."""
    then = copied.made
    return (now, then) if then and now and now.release == then.release else None


def untold(entry: Database, why: str) -> Finding:
    """Where it cannot be asked again how things are made."""
    remedy = "mend what it says; or look at views, routines and constraints yourself, then `fab explain ID --why`"
    was = "what 3.6 has left asks the server how everything in it is made"
    return Finding(role="production", subject=entry.label, key="objects", was=was, found=why, remedy=remedy)


def rights_gone(now: Made, then: Made, accounts: list[str]) -> Iterator[str]:
    """A line for each right on something that is there, of somebody who is there, and that he has no more.

    Args:
        now, then: what was told.
        accounts: those that there are now.
    """
    held, places = {*now.rights}, {_place(right) for right in now.rights}
    for right in then.rights:
        database, account, what, on = right
        if right not in held and _place(right) in places and account in (*accounts, *ALL):
            yield f"{database}: {account} {what} on {on}" if database else f"{account} {what} {on}"


def otherwise(entry: Database, now: Made, then: Made, accounts: list[str], kinds: tuple[str, ...]) -> Iterator[Finding]:
    """What is not made as it was, counts from less than it did, or has come to more rights.

    Args:
        entry: the server.
        now, then: what was told.
        accounts: those that there are now.
        kinds: things that fail the check where they are gone.
    """
    for name in now.objects:
        if name in then.objects:
            yield from _within(entry, name, now, then, kinds)
    for account, digest in then.accounts.items():
        found = now.accounts.get(account, "")
        if account in accounts and found != digest:
            other = f"another password, lock, attribute or setting: content {found}" if found else "an administrator"
            yield _finding(entry, "", f"account {account}", f"content {digest}", other)
    yield from _more_rights(entry, now, then)


def _within(entry: Database, name: str, now: Made, then: Made, kinds: tuple[str, ...]) -> Iterator[Finding]:
    settings = then.settings.get(name, ""), now.settings.get(name, "")
    if settings[0] != settings[1]:
        yield _finding(entry, name, "settings", f"content {settings[0]}", f"content {settings[1]}")
    told = then.objects[name]
    for object_, parts in told.items():
        found = now.objects[name].get(object_)
        if found is None:
            # A table that is gone has failed the check, and what is gone with it is told with it.
            if not object_.startswith(("table ", *kinds)):
                yield _finding(entry, name, object_, "it was copied", "it is gone")
            continue
        if entry.kind == "mariadb" and object_.replace("table ", "view ", 1) in told and object_.startswith("table "):
            continue  # the columns of a view, which tells them itself
        for part in _told_once(parts):
            if found.get(part) != parts[part]:
                other = f"content {found[part]}" if part in found else "it is gone"
                yield _finding(entry, name, f"{object_} {part}".strip(), f"content {parts[part]}", other)
    yield from _counting(entry, name, now, then)


def _told_once(parts: dict[str, str]) -> Iterator[str]:
    """The parts of an object, without the index that a constraint of its name tells."""
    for part in parts:
        if not (part.startswith("index ") and part.replace("index ", "constraint ", 1) in parts):
            yield part


def _counting(entry: Database, name: str, now: Made, then: Made) -> Iterator[Finding]:
    """What counts from less than then, or from what a row has already: the numbers go on, and are not in the words."""
    for counter, (following, highest) in then.counters.get(name, {}).items():
        found = now.counters.get(name, {}).get(counter)
        if found is None:
            continue
        comes, holds = found
        if holds is not None and comes <= holds and (highest is None or following > highest):
            was = "it went on above every value of its column"
            yield _finding(entry, name, f"{counter} value", was, "the next value may be there already")
        elif comes < following:
            yield _finding(entry, name, f"{counter} value", f"{following} was to come next", "a lower one")


def _more_rights(entry: Database, now: Made, then: Made) -> Iterator[Finding]:
    """Rights that accounts of then have besides; in PostgreSQL on things of then: new ones bring their own."""
    held, places = {*then.rights}, {_place(right) for right in then.rights}
    more: dict[tuple[str, str, str], list[str]] = {}
    for database, account, what, on in sorted({*now.rights} - held):
        known = account in (*then.accounts, *ALL)
        if known and (entry.kind == "mariadb" or not database or (database, on) in places):
            more.setdefault((database, account, on), []).append(what)
    for (database, account, on), rights in more.items():
        what = ", ".join(rights)
        yield _finding(entry, database, f"{account} on {on}", "the rights that were copied", f"{what} besides")


def _place(right: tuple[str, str, str, str]) -> tuple[str, str]:
    return right[0], right[3]


def _finding(entry: Database, name: str, key: str, was: str, found: str) -> Finding:
    subject = f"{entry.label} {name}".strip()
    return Finding(role="production", subject=subject, key=key, was=was, found=found, remedy=REMEDY)

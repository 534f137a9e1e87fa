"""Files in which the mail system looks things up (aliases, maps, lists): the same on both hosts, and compiled (3.7)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from irekae.site.site import Site
from verify.mail_words import words_of
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server

SHOWN = 10
LINES, ROWS = range(2)


@needs("mail_tables")
@item("3.7", "production")
@part_of("mail.tables")
def test_mail_is_looked_up_in_the_same_tables(server: Server, site: Site, check: Record) -> None:
    """Aliases, maps and lists of production have all that the standby's have, and were compiled as they stand.

    別名などのメールの表が 2 台で同じで, コンパイルされている
    """
    here, there, seen = server.mail_tables.result()
    check.saw(*seen)
    own = {*site.its_mail.own_tables, *(file.path for file in site.files)}
    names = [name for name in here if name.partition(":")[2] not in own]
    other = [f"{name.partition(':')[2]}: {why}" for name in names if (why := differs(here[name], there[name]))]
    control = words_of(server).control
    check.expect(
        not other,
        f"{len(names)} tables that lack nothing of those on {server.other.name}",
        "; ".join(other[:SHOWN]) or "all of them",
        cause="3.7 was not done, or somebody has edited one of them on one host since",
        remedy=f"bring both to the right one, and compile it (newaliases, postmap); {control}",
    )
    bad = [f"{name}: {rows}" for name in names if (rows := here[name].get("rows", "")) and not is_digest(rows)]
    check.expect(
        not bad,
        "each is compiled",
        "; ".join(bad[:SHOWN]) or "all of them",
        cause="nobody has compiled it, or for another version",
        remedy=f"newaliases, `postmap` of each; {control}",
    )


def differs(one: dict[str, Any], other: dict[str, Any]) -> str:
    """What is not the same on the other host, which has been behind since 3.7: what it lacks alone is no difference."""
    if why := one.get("error") or other.get("error"):
        return str(why)
    more = one["sha256"] != other["sha256"]
    if more and not has_all(one, other, LINES):
        return "other contents"
    if is_digest(one["rows"]) and one["rows"] != other["rows"] and not (more and has_all(one, other, ROWS)):
        return "compiled of other contents"
    return "" if one["owner"] == other["owner"] else f"{one['owner']}, there {other['owner']}"


def has_all(one: dict[str, Any], other: dict[str, Any], place: int) -> bool:
    """Whether one, of those to which rows are added when somebody joins, has each line, or row, of the other's."""
    here, there = (table.get("each", [[], []])[place] for table in (one, other))
    return bool(one.get("of_people") and there) and not Counter(there) - Counter(here)


def is_digest(rows: str) -> bool:
    """Is it one, and no word of what went wrong."""
    return len(rows) == 64 and rows.isalnum()

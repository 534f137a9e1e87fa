"""What the database servers of a host hold now, and what 3.6 wrote down when it copied them (far/databases.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from irekae.model.copied import Copied, CopiedDatabase, Made
from irekae.model.findings import Finding
from irekae.model.results import Evidence
from irekae.model.typed import converted
from irekae.site.site import Database, Site
from verify.connection import PinnedSsh
from verify.evidence import Start, start
from verify.objects import comparable, otherwise, rights_gone, untold

SLOW = 6 * 3600  # seconds: every row is counted, for which the far end gives each server time by its size
# What both looks tell by the same names.
KINDS = {
    "mariadb": ("view ", "trigger ", "routine ", "event "),
    "postgresql": ("view ", "sequence ", "extension "),
}
REMEDY = "find out who removed them; `fab explain ID --why` where it is right"


class Held(msgspec.Struct, frozen=True):
    """A database: rows and columns of its tables, and the names of other things in it."""

    rows: dict[str, int]
    columns: dict[str, list[str]]
    things: list[str]


class Answer(msgspec.Struct, frozen=True):
    """A server.

    Attributes:
        error: why it says nothing else.
        made: how everything in it is made, where 3.6 has left what asks; unmade: why that could not be asked.
    """

    error: str
    version: str = ""
    databases: dict[str, Held] = {}
    accounts: list[str] = []
    writes: bool = False
    rights: list[str] = []
    made: Made | None = None
    unmade: str = ""


@dataclass(frozen=True)
class Databases:
    """The servers of a host.

    Attributes:
        host: its name.
        servers: what each holds, by label.
        copied: what 3.6 wrote down of it last; none where it wrote nothing.
        began: when they were asked.
    """

    host: str
    servers: dict[str, Answer]
    copied: dict[str, Copied]
    began: Start

    def evidence(self, entry: Database) -> Evidence:
        """What a server said."""
        answer = self.servers[entry.label]
        held = [
            f"{name}: {len(one.rows)} tables, {sum(one.rows.values())} rows" for name, one in answer.databases.items()
        ]
        told = answer.error or ", ".join([answer.version, *sorted(held)])
        return self.began.heard(f"{entry.label}: rows of every table", told, f"on {self.host}")


def look_at_databases(backend: PinnedSsh, site: Site) -> Databases:
    """Ask a host.

    Raises:
        Unreachable: it can't be asked.
    """
    servers = [
        {"label": one.label, "kind": one.kind, "socket": one.socket, "port": one.port, "cluster": one.cluster,
         "names": one.names, "excludes": one.excludes}
        for one in site.databases
    ]  # fmt: skip
    began = start()
    raw: dict[str, Any] = backend.far(
        "databases", {"state": site.site.state, "servers": servers}, become="root", timeout=SLOW
    )
    answers = converted(raw["servers"], dict[str, Answer])
    return Databases(backend.entry.name, answers, converted(raw["copied"], dict[str, Copied]), began)


def lost(answer: Answer, copied: Copied) -> Iterator[str]:
    """A line for everything that was copied and is not there any more, or is another."""
    for name, was in copied.databases.items():
        now = answer.databases.get(name)
        if now is None:
            yield f"database {name} is gone"
        else:
            yield from _lost_within(name, was, now, KINDS[copied.kind])
    for account in copied.accounts:
        if account not in answer.accounts:
            yield f"account {account} is gone"
    for right in copied.rights:
        if right not in answer.rights:
            yield f"a right is gone: {right}"
    if both := comparable(answer.made, copied):
        for right in rights_gone(*both, answer.accounts):
            if right not in copied.rights:
                yield f"a right is gone: {right}"


def _lost_within(name: str, was: CopiedDatabase, now: Held, kinds: tuple[str, ...]) -> Iterator[str]:
    for table, columns in was.columns.items():
        if table not in now.columns:
            yield f"{name}: table {table} is gone"
        elif now.columns[table] != columns:
            yield f"{name}: table {table} has other columns"
    for thing in was.objects:
        if thing.startswith(kinds) and thing not in now.things:
            yield f"{name}: {thing} is gone"


def others(entry: Database, answer: Answer, copied: Copied) -> Iterator[Finding]:
    """What is there and not as it was copied: a person may know why."""
    if copied.made and answer.unmade:
        yield untold(entry, answer.unmade)
    if both := comparable(answer.made, copied):
        yield from otherwise(entry, *both, answer.accounts, KINDS[copied.kind])


def fewer(entry: Database, answer: Answer, copied: Copied) -> Iterator[Finding]:
    """Tables with fewer rows than were copied: an application may delete, and a person knows."""
    for name, was in copied.databases.items():
        now = answer.databases[name].rows if name in answer.databases else {}
        for table, rows in was.rows.items():
            if now.get(table, rows) < rows:
                yield Finding(
                    role="production",
                    subject=f"{entry.label} {name}",
                    key=table,
                    was=f"{rows} rows were copied",
                    found=f"{now[table]} rows",
                    remedy=REMEDY,
                )

"""One sabotage: what is broken, how it is put back, and which checks must fail of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

SURVEY = "survey"
"""In the place of hosts: what the report says of the survey (0.3) is judged, not the suite."""


@dataclass(frozen=True)
class Row:
    """A row of the matrix.

    Patterns are ids of checks as pytest shows them, without their file, with `*` for any characters:
    `test_service_runs[ika-bind]`, `test_page_shows[*]`.

    Attributes:
        name: for --only and for the table.
        host: who is broken; "seat" where it is the operator's own files.
        what: what is wrong, in a sentence of the table.
        do: shell script, run as root on the host, past its network.
        must: every check that one of these patterns names must fail.
        may: checks that may fail as a physical consequence, whichever way it goes.
        why: the reason for each of `may`, in a sentence.
        keeps: files and folders of the host that `do` changes: saved before it, put back after it.
        undo: shell script, after `keeps` have been put back.
        hosts: value of the suite's --hosts; empty: the host itself.
        heal: "undo", or "reset" where only a boot of fresh disks brings the state back.
        files: path on the host → content that is put there before `do` (below /run/sabotage).
        brings: path on the host → (other host or "seat", path there) of a file that is copied over before `do`.
        lab, unlab: arguments of the command `lab`, instead of `do` and `undo`.
        site: (old, new) text of the site.toml that this run of the suite is given.
        harmless: breaks nothing: no check may fail, and the row counts for false alarms alone.
        booted: what `do` has made counts as booted: 8.1's record of it is kept anew before the suite looks.
        stand_in: what is not as on a real host, in a sentence.
        beside: rows of other hosts that are done before it and healed after it.
    """

    name: str
    host: str
    what: str
    must: Sequence[str]
    do: str = ""
    undo: str = ""
    keeps: Sequence[str] = ()
    may: Sequence[str] = ()
    why: str = ""
    hosts: str = ""
    heal: str = "undo"
    files: dict[str, str] = field(default_factory=dict)
    brings: dict[str, tuple[str, str]] = field(default_factory=dict)
    lab: Sequence[str] = ()
    unlab: Sequence[str] = ()
    site: tuple[str, str] | None = None
    harmless: bool = False
    booted: bool = False
    stand_in: str = ""
    beside: Sequence[Row] = ()

    def __post_init__(self) -> None:
        """Refuse a row that says nothing, or that excuses without a reason."""
        if not (self.do or self.lab or self.site) or bool(self.must) == self.harmless:
            raise ValueError(f"{self.name}: breaks nothing, or expects nothing")
        if bool(self.may) != bool(self.why):
            raise ValueError(f"{self.name}: `may` and `why` go together")

    @property
    def looked_at(self) -> str:
        """The value of --hosts."""
        return self.hosts or self.host


def short(node_id: str) -> str:
    """A check's id without its file: `verify/test_dns.py::test_x[ika]` → `test_x[ika]`."""
    return node_id.partition("::")[2] or node_id


def function(node_id: str) -> str:
    """The check without its cases: `test_x[ika]` → `test_x`."""
    return short(node_id).partition("[")[0]


def named(patterns: Sequence[str], node_id: str) -> bool:
    """Whether one of `patterns` names the check."""
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), short(node_id)) for pattern in patterns)

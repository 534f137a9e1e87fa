"""What a swap left behind, as data: items, checks, evidence, outages. Every report is a reading of these.

Nothing here knows how a page looks or how a host is asked. Times are strings in ISO 8601 with a zone, durations are
seconds. Text that came from a host goes through `legible.legible` first, so that no byte of it can break a report.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from msgspec import Meta, Struct

from irekae.model.findings import AboutRole, Explanation, Finding

SCHEMA_VERSION: Literal[1] = 1

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"

Moment = Annotated[str, Meta(pattern=f"^{_MOMENT}$", description="ISO 8601 with a zone")]
MaybeMoment = Annotated[str, Meta(pattern=f"^({_MOMENT})?$", description="ISO 8601 with a zone, or empty")]
Seconds = Annotated[float, Meta(ge=0, description="seconds")]
ItemNumber = Annotated[str, Meta(pattern=r"^\d{1,2}\.\d{1,2}$", description="number of an item of the manual")]
PhaseNumber = Annotated[int, Meta(ge=0, le=11)]

CheckOutcome = Literal["passed", "failed", "error", "not checked"]
CheckBefore = Literal["passed", "failed", "error", "not checked", "unknown"]
ItemOutcome = Literal[
    "done", "nothing to do", "failed", "unknown", "by hand", "waived", "running", "not done"
]  # fmt: skip
Mark = Literal["M", "W", "+"]
BaselineVerdict = Literal["same", "expected difference", "new difference", "better"]
Role = Literal["production", "standby"]


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """What all results have in common: they never change, and a key that is not known is an error."""


class Evidence(Record, frozen=True):
    """One question and its answer, as they went over the wire; secrets are blanked by whoever asks."""

    asked: str
    answered: str
    seen_from: str
    at: Moment
    took: Seconds


class Check(Record, frozen=True, kw_only=True):
    """One check of phases 9 and 10. `id` is pytest's node id; `before` is what it said before the swap (0.3).

    `stale` says why the result no longer counts. `follows` is the id of the check of the same run that has established
    why this one did not pass, "" where none has: one cause is one finding. One that failed for its `findings` alone
    counts as passed once a person has explained each.
    """

    id: str
    item: ItemNumber
    host: str
    title: str
    outcome: CheckOutcome
    expected: str
    found: str
    at: Moment
    took: Seconds
    evidence: tuple[Evidence, ...] = ()
    title_ja: str = ""
    cause: str = ""
    remedy: str = ""
    before: CheckBefore = "unknown"
    findings: tuple[Finding, ...] = ()
    stale: str = ""
    follows: str = ""

    def excused(self, given: Collection[Explanation]) -> bool:
        """Did it fail for nothing but findings that a person has explained."""
        told = self.findings if self.outcome == "failed" else ()
        return bool(told) and all(finding.explained(given) for finding in told)


class ItemRow(Record, frozen=True):
    """What became of one item on one host. `mark`: M of the manual, W of another year's page, + our addition."""

    number: ItemNumber
    phase: PhaseNumber
    title: str
    title_ja: str
    mark: Mark
    host: str
    machine: str
    outcome: ItemOutcome
    who: str = ""
    at: MaybeMoment = ""
    took: Seconds = 0.0
    why: str = ""
    detail: tuple[str, ...] = ()


class Fingerprint(Record, frozen=True):
    """One SSH host key of a machine, with the name that the machine bore before and after. `sha256`: ``SHA256:…``."""

    machine: str
    name_before: str
    name_after: str
    key_type: str
    sha256: str


class Span(Record, frozen=True):
    """A stretch of time; without `end` it was not over when the results were gathered."""

    start: Moment
    end: Moment | None = None


class Outage(Record, frozen=True):
    """When a service of the production name did not answer a prober outside, and what the rehearsal had predicted."""

    service: str
    address: str
    gone: tuple[Span, ...] = ()
    longest: Seconds = 0.0
    predicted: Seconds | None = None


class PhaseSpan(Record, frozen=True):
    """When a phase of the manual ran: from its first item's start to its last item's end, over both hosts."""

    phase: PhaseNumber
    start: Moment
    end: Moment | None = None


class Leftover(Record, frozen=True):
    """A line that still holds an old name after phase 5 (item 5.2), for a person to judge."""

    host: str
    path: str
    line: int
    text: str


class OpenPoint(Record, frozen=True):
    """Something that a person must still look at. `kind` is a short word, `text` a sentence."""

    kind: str
    text: str
    text_ja: str = ""


class Comparison(Record, frozen=True):
    """One fact of the baseline (0.3), before and after the swap; a new difference is a finding."""

    subject: str
    before: str
    after: str
    verdict: BaselineVerdict
    role: AboutRole = ""
    key: str = ""
    remedy: str = ""

    @property
    def finding(self) -> Finding:
        """What a person may explain, where it is a new difference."""
        return Finding(
            role=self.role, subject=self.subject, key=self.key, was=self.before, found=self.after, remedy=self.remedy
        )


class Signature(Record, frozen=True):
    """Who signed what: the commit that did the swap and the digest of the results (see `codec.digest`).

    `word` is what the signature says, `despite` the open points that were named for it; `ssh` covers all of it but
    itself (`report.signing.text_of`), by the key with the fingerprint `key`.
    """

    commit: str = ""
    digest: str = ""
    word: Literal["", "accepted", "acknowledged"] = ""
    signed_by: str = ""
    signed_at: MaybeMoment = ""
    key: str = ""
    ssh: str = ""
    despite: tuple[str, ...] = ()


class Place(Record, frozen=True):
    """A name with its address and role, and the machines that bore it before and after."""

    role: Role
    name: str
    fqdn: str
    address: str
    machine_before: str = ""
    machine_after: str = ""


class Acceptance(Record, frozen=True):
    """All results of one swap. `figures` are the durations that `make rehearsal` prints, in seconds by name.

    `site_alone`: there is no manual.toml, so the checks went by site.toml, as the tasks did. Not part of the site are
    the subjects `lacking`, by their tables in site.toml, and with them the items `left_out`.
    """

    run: str
    site: str
    generated_at: Moment
    places: tuple[Place, ...]
    items: tuple[ItemRow, ...]
    checks: tuple[Check, ...]
    fingerprints: tuple[Fingerprint, ...] = ()
    outages: tuple[Outage, ...] = ()
    unwatched: tuple[Span, ...] = ()
    phases: tuple[PhaseSpan, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    baseline: tuple[Comparison, ...] = ()
    open_points: tuple[OpenPoint, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    evidence_missing: tuple[str, ...] = ()
    sign_offs: tuple[Signature, ...] = ()
    figures: dict[str, float] = {}
    lacking: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    site_alone: bool = False
    signature: Signature = Signature()
    irekae: str = ""
    version: Literal[1] = SCHEMA_VERSION


MANUAL: dict[int, int] = {0: 4, 1: 6, 2: 2, 3: 4, 4: 4, 5: 3, 6: 3, 7: 8, 8: 1, 9: 16, 10: 2, 11: 2}
"""Phase of the manual → how many items it has."""

OPTIONAL = frozenset({"0.4"})
"""Items that the day's own work makes good when they were left out: 3.1 copies all of /home, only more slowly."""


def manual_numbers(phases: range = range(12)) -> list[str]:
    """Return the numbers of all items of `phases`, in the manual's order."""
    return [f"{phase}.{item}" for phase in phases for item in range(1, MANUAL[phase] + 1)]


def in_order(number: str) -> tuple[int, int]:
    """Return a sort key that puts item 9.10 after 9.9."""
    phase, _, item = number.partition(".")
    return int(phase), int(item)

"""What becomes of one check: the results that the report reads."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from irekae.model import seat_files, secrecy
from irekae.model.findings import Finding as Difference
from irekae.model.legible import legible
from irekae.model.results import Check, CheckOutcome, Evidence
from verify.evidence import Start, blanked, start, without_secrets
from verify.finding import Finding, Unreachable

SHOWN = 12  # findings that a check's own text names


@dataclass
class Record:
    """One check while it is made: the fixture `check`.

    A check passes only if it expected something and kept evidence; see `outcome`. causes.py makes one finding of what
    follows from one cause: `proves` is the service of which the check says whether it runs, `unasked` what it could not
    ask, `down` the host where nobody answers.
    """

    item: str
    host: str
    title: str
    title_ja: str
    began: Start = field(default_factory=start)
    evidence: list[Evidence] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    findings: list[Difference] = field(default_factory=list)
    proves: str = ""
    unasked: str = ""
    down: str = ""

    def saw(self, *exchanges: Evidence) -> None:
        """Keep what was asked and answered."""
        self.evidence += exchanges

    def expect(self, holds: bool, expected: str, found: object, *, cause: str = "", remedy: str = "") -> None:
        """Assert one fact.

        Args:
            holds: whether it is so.
            expected: how it should be, in words.
            found: how it is; kept for a check that passes too.
            cause: what may be behind it, where it isn't so.
            remedy: what the manual says to do then.

        Raises:
            Finding: it isn't so.
        """
        __tracebackhide__ = True
        if not holds:
            raise Finding(expected, str(found), cause, remedy)
        self.expected.append(expected)
        self.found.append(str(found))

    def differs(self, *found: Difference) -> None:
        """Tell what is otherwise than it was or should be, and what a person may explain; the check goes on."""
        self.findings += found

    def alike(self, expected: str, found: object, *differences: Difference) -> None:
        """Hold what was found against what it should be like; each difference is told, and the check goes on.

        Args:
            expected: how all of it should be, in words.
            found: what was looked at.
            differences: what of it is otherwise; a person may explain it.
        """
        self.expected.append(expected)
        self.found.append(str(found))
        self.differs(*differences)

    def not_made(self, why: str) -> NoReturn:
        """The check cannot be made here; it is reported as not checked, never as passed."""
        pytest.skip(why)

    def judged(
        self, excinfo: pytest.ExceptionInfo[BaseException] | None, told: dict[str, str] | None = None
    ) -> tuple[CheckOutcome, Finding | None]:
        """The outcome of a check that ended so; a check that proved nothing is an error of the check.

        Args:
            excinfo: what it ended with.
            told: what could not be asked → the check that has told so; the others that meet it are not made.
        """
        if excinfo is None:
            if self.findings and self.evidence:
                return "failed", self._differences()
            if self.expected and self.evidence:
                return "passed", None
            return "error", Finding("a check that expects something and keeps evidence", "it kept none")
        self.findings.clear()  # it failed for more than what a person may explain
        error = excinfo.value
        if isinstance(error, pytest.skip.Exception):
            return "not checked", Finding("to be checked", str(error.msg))
        if isinstance(error, Unreachable):
            self.unasked, self.down = error.whole, error.down
            return self._once(error, {} if told is None else told)
        if isinstance(error, Finding):
            return "failed", error
        # Where, but not with which values: among them may be a secret.
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if "verify" in frame.filename]
        cause = f"a defect of the check itself, at {' → '.join(where) or 'a place outside of verify/'}: no finding"
        remedy = "the host may be right or wrong; what this item asks for, look at by hand, and report the defect"
        return "error", Finding(
            "to be checked", f"{type(error).__name__}: {error}", f"{cause} about {self.host}", remedy
        )

    def _once(self, error: Unreachable, told: dict[str, str]) -> tuple[CheckOutcome, Finding]:
        first = told.setdefault(error.whole, f"{self.item} {self.title}")
        if first == f"{self.item} {self.title}":
            return "failed", error
        return "not checked", Finding("to be checked", f"{error.found} (told by {first})", error.cause, error.remedy)

    def _differences(self) -> Finding:
        """The findings as one: the report shows each by itself too."""
        told = "; ".join(f"{one.title}: {one.found}" for one in self.findings[:SHOWN])
        more = len(self.findings) - SHOWN
        expected = "; ".join(dict.fromkeys(f"{one.was}" for one in self.findings[:SHOWN]))
        remedy = "; ".join(dict.fromkeys(one.remedy for one in self.findings if one.remedy))
        return Finding(expected, told + (f"; and {more} more" if more > 0 else ""), remedy=remedy)

    def finished(self, node_id: str, outcome: CheckOutcome, finding: Finding | None, secrets: list[str]) -> Check:
        """The result, without secrets."""
        expected, found = "; ".join(self.expected), "; ".join(self.found)
        if finding:
            expected, found = finding.expected, finding.found

        def fit(text: str) -> str:
            return legible(secrecy.blanked(blanked(text, secrets)))

        return Check(
            id=node_id,
            item=self.item,
            host=self.host,
            title=self.title,
            title_ja=self.title_ja,
            outcome=outcome,
            expected=fit(expected),
            found=fit(found),
            evidence=tuple(without_secrets(evidence, secrets) for evidence in self.evidence),
            cause=fit(finding.cause) if finding else "",
            remedy=fit(finding.remedy) if finding else "",
            at=self.began.at,
            took=self.began.took(),
            findings=tuple(_fitted(one, fit) for one in self.findings) if outcome == "failed" else (),
        )


def _fitted(one: Difference, fit: Callable[[str], str]) -> Difference:
    words = {name: fit(getattr(one, name)) for name in ("subject", "key", "was", "found", "remedy")}
    return msgspec.structs.replace(one, **words)


def titles(docstring: str | None, subject: str) -> tuple[str, str]:
    """English and Japanese title of a check: first and second paragraph of its docstring, with what it is about."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    english = " ".join(paragraphs[0].split()).rstrip(".")
    japanese = "".join(paragraphs[1].split()).rstrip("。.") if len(paragraphs) > 1 else ""
    if not subject:
        return english, japanese
    return f"{english}: {subject}", f"{japanese}: {subject}" if japanese else ""


def write_checks(path: Path, checks: list[Check]) -> None:
    """Write the results as a JSON array, replacing the file in one step."""
    seat_files.write_json(path, checks)

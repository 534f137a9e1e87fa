"""Findings: what is otherwise than it was or should be, and what a person may say to it.

The one mechanism for everything that denies acceptance until somebody has looked at it and said why it may be so.
A *finding* names one thing (`role`, `subject`, `key`), what it was and what it is now. Two ways lead into the report:

- a comparison of before and now makes a row (`results.Comparison`) whose verdict is "new difference"; it is a finding
  by itself (`Comparison.finding`). `irekae.proof` returns such rows from `baseline.compare`.
- a check of the suite tells findings instead of failing as a whole: `check.differs(Finding(…), …)` in verify/. A check
  that told any is *failed*; once each of them is explained, it counts as passed.

A person answers with `fab explain ID --why "…"`. The answer (`Explanation`) is kept on both hosts. It counts for this
very pair of values: once either changes, the finding is open again. So `was` and `found` must hold what matters, whole
or as a digest, and nothing that changes by itself (no moments, no process numbers); no secrets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

AboutRole = Literal["production", "standby", ""]


class Explanation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person said to a finding: `id` and `values` are the finding's, `subject` is for readers."""

    id: str
    values: str
    subject: str
    who: str
    at: str
    why: str


class Finding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that is otherwise than it was or should be.

    Attributes:
        role: whose it is; "" for the service as a whole.
        subject: what it is, for people: "DNS epa.scitec.kobe-u.ac.jp MX".
        key: tells it from others of its subject, where the subject alone does not: a path, a name.
        was, found: the two values; for people too.
        remedy: what mends it, if it is not as it may be; it must work when it is followed.
    """

    role: AboutRole = ""
    subject: str
    key: str = ""
    was: str
    found: str
    remedy: str = ""

    @classmethod
    def of_each(
        cls, found: Mapping[str, str], *, role: AboutRole, subject: str, was: str, remedy: str
    ) -> list[Finding]:
        """One for each key of a subject, in order, with what was found of it."""
        return [
            cls(role=role, subject=subject, key=key, was=was, found=now, remedy=remedy) for key, now in found.items()
        ]

    @property
    def id(self) -> str:
        """Eight hex digits, the same at every seat and in every run, whatever the values are."""
        return _digest(self.role, self.subject, self.key)[:8]

    @property
    def values(self) -> str:
        """Sixteen hex digits of the two values: what an explanation is bound to."""
        return _digest(self.was, self.found)[:16]

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return " ".join(part for part in (self.subject, self.key) if part)

    def explained(self, given: Iterable[Explanation]) -> Explanation | None:
        """The newest explanation that counts for it, if there is any."""
        mine = [one for one in given if (one.id, one.values) == (self.id, self.values)]
        return max(mine, key=lambda one: one.at, default=None)


def _digest(*words: str) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()

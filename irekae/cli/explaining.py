"""`fab explain`: a person says why a finding may be as it is."""

from collections.abc import Sequence
from typing import Any

from irekae.cli import session
from irekae.model.clock import here
from irekae.model.errors import wrong_use
from irekae.model.findings import Explanation, Finding
from irekae.model.journal import now, operator
from irekae.model.legible import line
from irekae.model.near import meant, near
from irekae.model.printing import show
from irekae.model.results import Acceptance
from irekae.model.secrecy import blanked
from irekae.report import gather
from irekae.report.verdict import findings
from irekae.swap.evidence import Kind, keep


def explain(c: Any, finding: str, why: str = "") -> None:
    """Say why a finding may be as it is: it no longer denies acceptance, and stands in the report with the reason."""
    session.for_both(c, "explain")
    if not why.strip():
        raise wrong_use("a reason is needed", hint='--why "…": it stands in the report')
    swap = session.connected()
    results = gather.acceptance(swap)
    for found in _named(finding, results):
        if said := found.explained(results.explanations):
            show(f"{found.id} {found.title}: explained already by {said.who}, {here(said.at)}: {said.why}")
            continue
        given = Explanation(
            id=found.id, values=found.values, subject=found.title, who=operator(), at=now(), why=line(blanked(why))
        )
        keep(swap, Kind.EXPLANATION, given)
        show(f"{found.id} {found.title}: {found.was} → {found.found}: explained ({given.why})")


def _named(asked: str, results: Acceptance) -> Sequence[Finding]:
    """The findings that these ids name, with commas between.

    Raises:
        SwapError: there is none of that id (exit status 2); those that wait are shown.
    """
    known = {found.id: found for found in findings(results)}
    waiting = [found for found in known.values() if not found.explained(results.explanations)]
    ids = [word.strip() for word in asked.split(",") if word.strip()]
    if ids and all(word in known for word in ids):
        return [known[word] for word in ids]
    raise wrong_use(
        f"no finding {asked!r}" if asked else "which finding is explained?",
        "\n".join(f"{found.id} {found.title}: {found.was} → {found.found}" for found in waiting) or "none is open",
        meant([like for word in ids if word not in known for like in near(word, known)], '`fab explain ID --why "…"`'),
    )

"""The acceptance report as one HTML file: no network, no script, its pictures and its style inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from irekae.model.clock import Clock, lasting
from irekae.model.language import Lang
from irekae.model.legible import legible
from irekae.model.results import Acceptance
from irekae.report import points, view
from irekae.report import verdict as judged
from irekae.report.extract import MOST_FOLLOWING, extract
from irekae.report.timeline import timeline
from irekae.report.words import Speech

ENV = Environment(
    loader=PackageLoader("irekae.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=lambda value: legible(value) if type(value) is str else value,
)


def render(results: Acceptance, lang: Lang = "en", logs: str = "") -> str:
    """Return the report on `results` as an HTML document in `lang`; `logs`: where the seat's logs lie."""
    results = judged.fresh(results)
    say = Speech(lang)
    clock = Clock.of(results)
    verdict = judged.verdict(results)
    shown = extract(results, verdict)
    return ENV.get_template("acceptance.html.j2").render(
        a=results,
        logs=logs,
        say=say,
        clock=clock,
        lasting=partial(lasting, lang=lang),
        verdict=verdict,
        shown=shown,
        most_following=MOST_FOLLOWING,
        counts=counts(results),
        phases=view.phases(results, say, shown.anchors),
        keys=view.keys_by_name(results),
        causes=judged.causes(results.checks),
        timeline=timeline(results),
        tones=view.TONES,
        signs=view.SIGNS,
        unwatched=view.unwatched(results, say, clock),
        never=view.never(results, say),
        rests_on=view.rests_on(results, say),
        sign_off=partial(view.sign_off, say=say, clock=clock),
        excerpt=partial(view.excerpt, say=say),
        **_functions(),
    )


@dataclass(frozen=True)
class Counts:
    """How many checks came to which end, those that follow from a failure apart; how many items there were."""

    passed: int
    failed: int
    not_checked: int
    following: int
    items: int
    items_done: int


def counts(results: Acceptance) -> Counts:
    """Count checks by outcome (a check that broke counts as failed) and items that need no more work."""
    follow = judged.causes(results.checks)
    outcomes = [check.outcome for check in results.checks if points.check_anchor(check) not in follow]
    return Counts(
        passed=outcomes.count("passed"),
        failed=outcomes.count("failed") + outcomes.count("error"),
        not_checked=outcomes.count("not checked"),
        following=len(follow),
        items=len(results.items),
        items_done=sum(row.outcome in ("done", "nothing to do") for row in results.items),
    )


def _functions() -> Mapping[str, Any]:
    return {
        "since": points.since,
        "check_anchor": points.check_anchor,
        "comparison_anchor": points.comparison_anchor,
        "AGAINST": points.AGAINST,
    }

"""Processes that live and do nothing: stopped by a signal, or frozen with their unit."""

from __future__ import annotations

from collections.abc import Iterable

from verify.by_hand import awaken
from verify.facts import Facts
from verify.parsing import Process
from verify.record import Record


def expect_awake(facts: Facts, running: Iterable[Process], check: Record) -> None:
    """None of a service's processes is stopped or frozen: it would live, and serve nobody.

    Raises:
        Finding: one is.
    """
    resting = [f"{process.line} ({word})" for process in running if (word := facts.at_rest(process))]
    check.expect(
        not resting,
        "no process of it is stopped or frozen",
        "; ".join(resting) or "none",
        cause="somebody has sent it SIGSTOP, or frozen its unit",
        remedy=awaken(facts.systemd),
    )

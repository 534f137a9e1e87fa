"""The acceptance report as a sequence of plain blocks, for syntaxes that have headings, lists and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from irekae.model.clock import Clock, lasting
from irekae.model.language import Lang
from irekae.model.results import Acceptance, Check
from irekae.report import verdict as judged
from irekae.report import view
from irekae.report.extract import MOST_FOLLOWING, Extract, extract
from irekae.report.points import Point
from irekae.report.timeline import Row, timeline
from irekae.report.words import Speech


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 is the title of the document."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without numbers."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with a head; every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Verbatim:
    """Text to be shown as it is, line by line."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Verbatim


def blocks(results: Acceptance, lang: Lang, evidence_of_all: bool, logs: str = "") -> Iterator[Block]:
    """Yield the report on `results`, verdict first; with `evidence_of_all` also what the passed checks were told.

    `logs` says where this seat keeps what was printed.
    """
    results = judged.fresh(results)
    judgement = judged.verdict(results)
    page = _Page(results, Speech(lang), Clock.of(results), judgement, extract(results, judgement))
    yield from page.front()
    yield from page.failures()
    yield from page.outages()
    yield from page.items()
    yield from page.fingerprints()
    yield from page.baseline()
    yield from page.figures()
    yield from page.signature()
    if logs:
        yield Paragraph(f"{page.say('logs')}: {logs}")
    if evidence_of_all:
        yield Heading(2, page.say("evidence"))
        for check in page.shown.rest.shown:
            yield from page.check(check)
        yield from page.left_out(page.shown.rest.left)


@dataclass(frozen=True)
class _Page:
    a: Acceptance
    say: Speech
    clock: Clock
    judgement: judged.Verdict
    shown: Extract

    def left_out(self, count: int) -> Iterator[Block]:
        say = self.say
        if count:
            yield Paragraph(say("more results", count=count))

    def front(self) -> Iterator[Block]:
        say, judgement, shown = self.say, self.judgement, self.shown
        yield Heading(1, f"{say('title')} {self.a.site}: {say(judgement.word)}")
        yield Paragraph(f"{say(judgement.word + ' means')} ({self.clock.date_time(self.a.generated_at)}, {self.a.run})")
        places = (
            f"{say(p.role)}: {p.name}, {p.fqdn}, {p.address}, {say('machine')} {p.machine_before} → {p.machine_after}"
            for p in self.a.places
        )
        yield Bullets(tuple(places))
        for told in view.rests_on(self.a, say):
            yield Paragraph(told)
        for title, points in (("reasons", shown.reasons), ("open points", shown.others)):
            yield Heading(2, say(title))
            lines = [line for point in points.shown for line in self._points(point)]
            yield Bullets(tuple(lines)) if lines else Paragraph(say("none"))
            yield from self.left_out(points.left)

    def _points(self, p: Point) -> Iterator[str]:
        yield self._point(p)
        for one in p.following[:MOST_FOLLOWING]:
            yield f"↳ {self.say('follows')} {p.item} {p.host}: {self._point(one)}"
        if (left := len(p.following) - MOST_FOLLOWING) > 0:
            yield f"↳ {self.say('follows')} {p.item} {p.host}: {self.say('more results', count=left)}"

    def _point(self, p: Point) -> str:
        kind = self.say(p.kind)
        if p.kind in ("check failed", "check broke"):
            kind += f" ({self.say('since unknown' if p.since == 'unknown' else p.since)})"
        named = " ".join(part for part in (p.item, p.host, self.say.of(p.title, p.title_ja)) if part)
        why = self.say.of(p.why, p.why_ja)
        kind += f" {p.finding}" if p.finding else ""
        told = f"{kind}: {named}" + (f" – {why}" if why else "")
        return told + (f" – {self.say('remedy')}: {p.remedy}" if p.remedy else "")

    def failures(self) -> Iterator[Block]:
        yield Heading(2, self.say("failures"))
        for check in self.shown.bad.shown:
            yield from self.check(check)
        if not self.shown.bad.shown:
            yield Paragraph(self.say("none"))
        yield from self.left_out(self.shown.bad.left)

    def check(self, c: Check) -> Iterator[Block]:
        say = self.say
        yield Heading(3, f"{c.item} {c.host} {say.of(c.title, c.title_ja)}: {say(c.outcome)}")
        told = [("expected", c.expected), ("found", c.found)]
        if c.outcome != "passed":
            told += [("cause", c.cause), ("remedy", c.remedy), ("before", say(c.before))]
        yield Bullets(tuple(f"{say(key)}: {text}" for key, text in told if text))
        for e in c.evidence:
            when = f"{say('seen from', place=e.seen_from)}, {self.clock.time(e.at)}, {lasting(e.took, say.lang)}"
            yield Paragraph(when)
            yield Verbatim(f"{e.asked}\n{view.excerpt(e.answered, say)}")
        if not c.evidence:
            yield Paragraph(say("no evidence"))

    def outages(self) -> Iterator[Block]:
        say, line = self.say, timeline(self.a)
        yield Heading(2, say("outages"))
        if line is None:
            yield Paragraph(say("not measured"))
            return
        head = tuple(say(key) for key in ("service", "address", "from to", "away", "longest", "predicted"))
        rows = tuple(self._outage(row) for row in line.rows)
        yield Table(head, rows) if rows else Paragraph(say("not measured"))
        if told := view.unwatched(self.a, say, self.clock):
            yield Paragraph(told)

    def _outage(self, row: Row) -> tuple[str, ...]:
        say, gone = self.say, row.outage.gone
        spans = [
            f"{self.clock.time(s.start)} – {self.clock.time(s.end) if s.end else say('not back')}" for s in gone[:8]
        ]
        if len(gone) > len(spans):
            spans.append(say("more spans", count=len(gone) - len(spans)))
        predicted = "–" if row.outage.predicted is None else lasting(row.outage.predicted, say.lang)
        times = (lasting(row.away, say.lang), lasting(row.outage.longest, say.lang), predicted)
        return row.outage.service, row.outage.address, ", ".join(spans) or view.never(self.a, say), *times

    def items(self) -> Iterator[Block]:
        say = self.say
        yield Heading(2, say("items"))
        head = tuple(say(key) for key in ("item", "title of item", "host", "outcome", "who", "when", "took"))
        for phase in view.phases(self.a, say, self.shown.anchors):
            yield Heading(3, f"{say('phase')} {phase.number} – {phase.title}")
            yield Table(head, tuple(self._line(item, line) for item in phase.items for line in item.lines))

    def _line(self, item: view.ItemView, line: view.Line) -> tuple[str, ...]:
        mark = f" [{item.mark} {self.say('mark ' + item.mark)}]" if item.mark in ("W", "+") else ""
        host = f"{line.host} ({line.machine})" if line.machine else line.host
        outcome = f"{view.SIGNS[line.tone]} {line.outcome}" + (f" ({line.why})" if line.why else "")
        took = lasting(line.took, self.say.lang) if line.at else ""
        return item.number, item.title + mark, host, outcome, line.who, self.clock.time(line.at), took

    def fingerprints(self) -> Iterator[Block]:
        say = self.say
        yield Heading(2, say("fingerprints"))
        rows = tuple(
            (name, kind, *(f"{key.sha256} ({key.machine})" if key else "–" for key in (old, new)))
            for name, kind, old, new in view.keys_by_name(self.a)
        )
        head = (say("name"), say("kind"), say("before"), say("after"))
        yield Table(head, rows) if rows else Paragraph(say("none"))

    def baseline(self) -> Iterator[Block]:
        say = self.say
        yield Heading(2, say("baseline"))
        head = (say("subject"), say("before"), say("after"), say("verdict"))
        rows = tuple(
            (row.finding.title, row.before, _with(row.after, say("remedy"), row.remedy), say(row.verdict))
            for _, row in self.shown.baseline.shown
        )
        yield Table(head, rows) if rows else Paragraph(say("not measured"))
        yield from self.left_out(self.shown.baseline.left)
        if better := self.shown.better.shown:
            yield Paragraph(say("got better"))
            yield Bullets(tuple(f"{c.item} {c.host} {say.of(c.title, c.title_ja)}" for c in better))
            yield from self.left_out(self.shown.better.left)

    def figures(self) -> Iterator[Block]:
        say = self.say
        yield Heading(2, say("figures"))
        lines = tuple(f"{name}: {lasting(seconds, say.lang)}" for name, seconds in self.a.figures.items())
        yield Bullets(lines) if lines else Paragraph(say("not measured"))

    def signature(self) -> Iterator[Block]:
        say, seal = self.say, self.a.signature
        yield Heading(2, say("signature"))
        told = (("commit", seal.commit), ("digest", seal.digest), ("key", seal.key))
        by = seal.word + " by" if seal.word else "accepted by"
        signed = (*told[:2], (by, seal.signed_by), ("signed at", self.clock.date_time(seal.signed_at)), *told[2:])
        named = (f"{say('named points')}: {', '.join(seal.despite)}",) if seal.despite else ()
        yield Bullets((*(f"{say(key)}: {text or '________'}" for key, text in signed), *named))
        if self.a.sign_offs:
            yield Paragraph(say("sign-offs"))
            yield Bullets(tuple(view.sign_off(one, say, self.clock) for one in self.a.sign_offs))


def _with(text: str, label: str, more: str) -> str:
    return f"{text} – {label}: {more}" if more else text

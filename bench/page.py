"""The figures of docs/speed.md, between its two marks; what stands around them is written by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

PAGE = Path(__file__).resolve().parents[1] / "docs" / "speed.md"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of the figures -->"
GROWN, GROWN_END = "<!-- growth: written by make bench ONLY=growth -->", "<!-- end of the growth -->"
IDLE, IDLE_END = "<!-- idle: written by make bench ONLY=idle -->", "<!-- end of idle -->"
FAR, FAR_END = "<!-- far: written by make bench ONLY=far -->", "<!-- end of far -->"
PHASES = range(1, 9)


class Measured(Protocol):
    """A run, as far as it is shown."""

    method: str
    seconds: dict[int, float]
    away: float
    load: float
    wrong: list[str]
    facts: int


def table(runs: Sequence[Measured], names: Mapping[str, str], middle: Callable[[Iterable[float]], float]) -> str:
    """Medians by method and phase, ratios to the plain script, http's outage, load, facts that were compared."""
    head = ["method", *map(str, PHASES), "1 to 8", "÷ script", "phase 6 ÷ script", "http away", "load", "facts", "runs"]
    rows, base = [head, ["---"] * len(head)], _medians([run for run in runs if run.method == "script"], middle)
    for name, title in names.items():
        own = [run for run in runs if run.method == name and not run.wrong]
        if not own:
            rows.append([title, *["–"] * (len(head) - 2), "0"])
            continue
        found = _medians(own, middle)
        ratios = [f"{found[key] / base[key]:.2f}" if base.get(key) else "–" for key in (0, 6)]
        load = f"{min(run.load for run in own):.1f} to {max(run.load for run in own):.1f}"
        cells = [f"{found[phase]:.1f}" for phase in PHASES] + [f"**{found[0]:.1f}**", *ratios]
        rows.append([title, *cells, f"{middle(run.away for run in own):.1f}", load, str(own[0].facts), str(len(own))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _medians(runs: Sequence[Measured], middle: Callable[[Iterable[float]], float]) -> dict[int, float]:
    if not runs:
        return {}
    found = {phase: middle(run.seconds.get(phase, 0.0) for run in runs) for phase in PHASES}
    found[0] = middle(sum(seconds for phase, seconds in run.seconds.items() if phase) for run in runs)
    return found


def write(runs: Sequence[Measured], names: Mapping[str, str], middle: Callable[[Iterable[float]], float]) -> str:
    """Put the figures into the page; the table."""
    return _put(BEGIN, END, table(runs, names, middle))


def write_growth(made: str) -> str:
    """Put the table of `bench/growth.py` into the page; the table."""
    return _put(GROWN, GROWN_END, made)


def write_idle(made: str) -> str:
    """Put the table of `bench/idle.py` into the page; the table."""
    return _put(IDLE, IDLE_END, made)


def write_far(made: str) -> str:
    """Put the table of `bench/far.py` into the page; the table."""
    return _put(FAR, FAR_END, made)


def _put(begin: str, end: str, made: str) -> str:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n{made}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
    return made

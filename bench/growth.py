"""`make bench ONLY=growth`: how the time of each phase grows with what there is, and the memory that it takes.

Each kind is made in two sizes, one twice the other, from one snapshot, beside a run with nothing of it. GROWTH (0.1):
of the sizes in `SIZES`; KINDS: some of them, with commas between. What grows linearly takes twice as much more.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import page
from bench.lab import PROJECT, SNAPSHOT, lab, lab_words, prepare
from bench.memory import Peaks

SIZES = {"users": 20_000, "files": 1_000_000, "domains": 2_000, "zones": 500, "journal": 10_000, "kept": 5_000}
BOTH = ("zones", "journal", "kept")  # made on both hosts; the others on production
REMEMBERED = ("journal", "kept")  # of what the hosts remember: made behind phase 0
FAR = Path(__file__).resolve().parent / "far_growth.py"
PHASES = range(10)
ASKED = (1, 6, 8)
LITTLE = 2.0  # seconds more that are no growth to speak of
LINEAR = 2.6  # times as much more for twice as much: what is linear and was disturbed


@dataclass
class Grown:
    """One run: seconds by command, peaks in MiB, what went wrong."""

    kind: str
    count: int
    seconds: dict[str, float] = field(default_factory=dict)
    seat: float = 0.0
    hosts: float = 0.0
    load: float = 0.0
    wrong: str = ""


def site_with(kind: str, count: int, folder: Path) -> Path:
    """The project's site.toml, with what is made named in it."""
    text = (PROJECT / "site.toml").read_text(encoding="utf-8")
    named = {"domains": ("domains = [\n", "mail{:04}.example.org"), "zones": ("zones = [\n", "zone{:04}.example.org")}
    if kind in named:
        head, name = named[kind]
        text = text.replace(head, head + "".join(f'    "{name.format(number)}",\n' for number in range(count)), 1)
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def made(kind: str, count: int) -> None:
    """Make so many on the lab's hosts."""
    for machine in ("a", "b") if kind in BOTH else ("a",):
        argv = lab_words("console", machine, "python3", "-", kind, str(count))
        subprocess.run(argv, cwd=PROJECT, input=FAR.read_bytes(), check=True)


def carried_out(kind: str, count: int) -> Grown:
    """Phases 0 to 9, then the table and the report."""
    lab("restore", SNAPSHOT)
    lab("console", "b", "service", "tcpserver", "start")  # by hand, as after the last boot: nothing starts it there
    run = Grown(kind, count, load=os.getloadavg()[0])
    with tempfile.TemporaryDirectory() as folder, Peaks() as peaks:
        fab = ["run", "env", f"IREKAE_SITE={site_with(kind, count, Path(folder))}", "fab"]
        first = 1 if kind in REMEMBERED else 0
        if count and first == 0:
            made(kind, count)
        _phases(run, fab, range(first))
        if count and first == 1:
            made(kind, count)
        _phases(run, fab, range(first, len(PHASES)))
        for command in ("status", "report"):
            began = time.monotonic()
            subprocess.run(lab_words(*fab, command), cwd=PROJECT, capture_output=True, check=False)
            run.seconds[command] = time.monotonic() - began
    run.seat, run.hosts = peaks.seat, peaks.hosts
    return run


def _phases(run: Grown, fab: list[str], numbers: range) -> None:
    if not numbers or run.wrong:
        return
    words = [word for n in numbers for word in (f"phase{n}", *(["--yes"] if n in ASKED else []))]
    found = subprocess.run(lab_words(*fab, *words), cwd=PROJECT, capture_output=True, text=True, check=False)
    took = {f"phase {n}": float(seconds) for n, seconds in re.findall(r"phase (\d+): ([\d.]+) s", found.stdout)}
    run.seconds |= took
    if len(took) < len(numbers):
        run.wrong = (found.stdout + found.stderr)[-400:].replace("\n", " / ").replace("|", "/")


def judged(bare: Grown, half: Grown, whole: Grown) -> list[str]:
    """What of the larger run is more than linear."""
    found = []
    for name, took in whole.seconds.items():
        more, less = took - bare.seconds.get(name, 0.0), half.seconds.get(name, 0.0) - bare.seconds.get(name, 0.0)
        if more > LITTLE and more > LINEAR * max(less, LITTLE / 2):
            found.append(f"{name} {more / max(less, LITTLE / 2):.1f} times")
    return found


def table(runs: list[tuple[Grown, list[str]]]) -> str:
    """A line for each run."""
    names = [*(f"phase {number}" for number in PHASES), "status", "report"]
    columns = [name.removeprefix("phase ") for name in names]
    head = ["of", "how many", *columns, "MiB at the seat", "MiB on a host", "load", "more than linear"]
    rows = [head, ["---"] * len(head)]
    for run, worse in runs:
        cells = [f"{run.seconds[name]:.1f}" if name in run.seconds else "–" for name in names]
        told = run.wrong or ", ".join(worse) or "no"
        rows.append(
            [run.kind, f"{run.count:,}", *cells, f"{run.seat:.0f}", f"{run.hosts:.0f}", f"{run.load:.1f}", told]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> int:
    """Entry point; exit status 1 where something failed or grows more than linearly."""
    scale = float(os.environ.get("GROWTH", "0.1"))
    kinds = [kind for kind in os.environ.get("KINDS", "").split(",") if kind] or [*SIZES]
    prepare(begin=False)
    runs: list[tuple[Grown, list[str]]] = []
    try:
        bare = carried_out("nothing", 0)
        runs.append((bare, []))
        print(table(runs), flush=True)
        for kind in kinds:
            count = int(SIZES[kind] * scale)
            half, whole = carried_out(kind, count // 2), carried_out(kind, count)
            runs += [(half, []), (whole, judged(bare, half, whole))]
            print(table(runs[-2:]).split("\n", 2)[2], flush=True)
    finally:
        subprocess.run(lab_words("down"), cwd=PROJECT, check=False)
    print(page.write_growth(table(runs)))
    return 1 if any(run.wrong or worse for run, worse in runs) else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.sabotage`: breaks a host in every way that we know, and sees that the acceptance suite notices.

The environment's SITE, or --site, names the pair (a profile of the lab's).

The last line is `N rows, N caught, N missed, N false alarms`; exit status 0 only with nothing missed, no false alarm,
and every check of verify/ seen to fail.
"""

from __future__ import annotations

import argparse
import fnmatch
import secrets
import signal
import sys
from functools import partial

from lab.errors import LabError
from lab.layout import wanted_site
from tests.sabotage.bench import Bench
from tests.sabotage.draw import Generator, drawn
from tests.sabotage.judge import last_line
from tests.sabotage.matrix import Matrix
from tests.sabotage.pairs import Pair, load
from tests.sabotage.results import shortcomings, state, write, write_again
from tests.sabotage.row import Row

SAMPLE = 20
"""Rows of each generator in a whole run."""


def chosen(pair: Pair, options: argparse.Namespace) -> list[Row]:
    """The rows that --only names, in its order; without it all, or none where --generators alone is meant."""
    patterns: list[str] = options.only
    if not patterns:
        return [] if options.generators else list(pair.rows)
    named = [row for pattern in patterns for row in pair.rows if fnmatch.fnmatchcase(row.name, pattern)]
    found = list({row.name: row for row in named}.values())
    unused = [pattern for pattern in patterns if not fnmatch.filter([row.name for row in pair.rows], pattern)]
    if unused:
        sys.exit(f"no such row: {', '.join(unused)}; --list shows all")
    return found


def drawing(pair: Pair, options: argparse.Namespace) -> tuple[int, int, list[Generator]]:
    """How many rows of each generator, by which seed, and which generators."""
    named = [generator for generator in pair.generators if generator.name in options.generators]
    if len(named) < len(set(options.generators)):
        sys.exit(f"no such generator; there are {', '.join(generator.name for generator in pair.generators)}")
    each = (0 if options.only and not named else SAMPLE) if options.sample is None else options.sample
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    if each and pair.generators:
        print(f"seed {seed}: {each} rows of each generator; --seed {seed} draws them again", flush=True)
    return each, seed, named or list(pair.generators)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage", description=__doc__)
    add = parser.add_argument
    add("--site", metavar="NAME", default=wanted_site(), help="the pair (default: the environment's SITE)")
    add("--only", nargs="+", default=[], metavar="NAME", help="these rows alone; * for any characters")
    add("--lab", default="sabotage", metavar="NAME", help="which lab (default: %(default)s)")
    add("--lanes", type=int, default=3, metavar="N", help="how many labs at once (default: %(default)s)")
    add("--sample", type=int, metavar="N", help=f"draw N rows of each generator (default: {SAMPLE}; with --only: none)")
    add("--seed", type=int, metavar="S", help="draw the same rows again (default: others each time)")
    add(
        "--generators", nargs="+", default=[], metavar="NAME", help="draw from these alone; no other row without --only"
    )
    add("--mend", action="store_true", help="follow the remedies too, of the rows that have a mend")
    add("--keep", action="store_true", help="leave the lab up")
    add("--record", action="store_true", help="with --only: put these rows into the site's results")
    add("--list", action="store_true", help="name the rows, break nothing")
    return parser.parse_args()


def main() -> int:
    """Entry point."""
    options = read_options()
    try:
        pair = load(options.site)
    except LabError as error:
        print(f"sabotage: {error}\n  {error.hint}", file=sys.stderr)
        return error.status
    if options.mend and not options.only:
        options.only = list(pair.mends)
    rows = chosen(pair, options)
    if options.list:
        print("\n".join(f"{row.name:40} {row.host:8}{row.what}" for row in rows))
        return 0
    # As an interruption: the labs are taken down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return whole(pair, rows, options)


def whole(pair: Pair, rows: list[Row], options: argparse.Namespace) -> int:
    """Do the rows, and those that are drawn; keep what was found. The exit status."""
    each, seed, generators = drawing(pair, options)
    lanes = max(1, min(options.lanes, len(rows) + each * len(generators)))
    matrix, began = Matrix(options.mend), {**state(), "seed": seed if each and generators else None}
    benches = [Bench(f"{options.lab}-{lane}" if lane > 1 else options.lab, pair) for lane in range(1, lanes + 1)]
    some = options.only or options.generators
    ended = False
    try:
        matrix.run(rows, benches, options.keep, partial(drawn, generators, seed=seed, each=each) if each else None)
        ended = True
    finally:  # of a run that is interrupted, what there is
        if (options.record if some else not ended) and matrix.outcomes:
            write_again(pair.site.name, matrix, began, [row.name for row in pair.rows])
    lacking: list[str] = []
    if not some:
        lacking = shortcomings(matrix.outcomes, matrix.all_checks)
        write(pair.site.name, matrix, began)
    for line in [*matrix.problems(), *lacking]:
        print(line)
    if options.mend:
        followed = [outcome for outcome in matrix.outcomes if outcome.mended]
        mended = sum(outcome.mended == "mended" for outcome in followed)
        print(f"remedies of {len(followed)} rows followed, {mended} mended")
    print(last_line(matrix.outcomes), flush=True)
    well = all(outcome.is_caught and not outcome.alarms for outcome in matrix.outcomes)
    well = well and all(outcome.mended in ("", "mended") for outcome in matrix.outcomes)
    return 0 if well and not lacking and not matrix.plain_failures else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.sabotage`: breaks a host in every way that we know, and sees that the acceptance suite notices.

The last line is `N rows, N caught, N missed, N false alarms`; exit status 0 only with nothing missed, no false alarm,
and every check of verify/ seen to fail.
"""

from __future__ import annotations

import argparse
import fnmatch
import signal
import sys

from tests.sabotage.bench import Bench
from tests.sabotage.judge import last_line
from tests.sabotage.matrix import Matrix
from tests.sabotage.results import shortcomings, state, write, write_again
from tests.sabotage.row import Row
from tests.sabotage.rows import ROWS


def chosen(patterns: list[str]) -> list[Row]:
    """The rows that --only names; all without it."""
    if not patterns:
        return list(ROWS)
    found = [row for row in ROWS if any(fnmatch.fnmatchcase(row.name, pattern) for pattern in patterns)]
    unused = [pattern for pattern in patterns if not fnmatch.filter([row.name for row in ROWS], pattern)]
    if unused:
        sys.exit(f"no such row: {', '.join(unused)}; --list shows all")
    return found


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these rows alone; * for any characters")
    parser.add_argument("--lab", default="sabotage", metavar="NAME", help="which lab (default: %(default)s)")
    parser.add_argument(
        "--lanes", type=int, default=2, metavar="N", help="how many labs at once (default: %(default)s)"
    )
    parser.add_argument("--keep", action="store_true", help="leave the lab up")
    parser.add_argument("--record", action="store_true", help="with --only: put these rows into results.json")
    parser.add_argument("--list", action="store_true", help="name the rows, break nothing")
    options = parser.parse_args()
    rows = chosen(options.only)
    if options.list:
        print("\n".join(f"{row.name:32}{row.host:8}{row.what}" for row in rows))
        return 0
    # As an interruption: the labs are taken down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lanes = max(1, min(options.lanes, len(rows)))
    matrix, began = Matrix(), state()
    matrix.run(
        rows,
        [Bench(f"{options.lab}-{lane}" if lane > 1 else options.lab) for lane in range(1, lanes + 1)],
        options.keep,
    )
    lacking: list[str] = []
    if not options.only:
        lacking = shortcomings(matrix.outcomes, matrix.all_checks)
        write(matrix, began)
    elif options.record:
        write_again(matrix, began, [row.name for row in ROWS])
    for line in [*matrix.problems(), *lacking]:
        print(line)
    line = last_line(matrix.outcomes)
    print(line, flush=True)
    well = all(outcome.is_caught and not outcome.alarms for outcome in matrix.outcomes)
    return 0 if well and not lacking and not matrix.plain_failures else 1


if __name__ == "__main__":
    sys.exit(main())

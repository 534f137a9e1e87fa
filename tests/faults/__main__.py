"""Injects the faults, one after the other, and tells what became of them.

    python -m tests.faults                       all (hours; every line of the journal has its own)
    python -m tests.faults --selection ci        the representative ones, as `make test` does
    python -m tests.faults --only kill-resume/5  those whose name begins so
    python -m tests.faults --resume-from NAME    all from NAME on: goes on with a run that was interrupted
    python -m tests.faults --list                their names
    python -m tests.faults --document            write docs/reliability.md from docs/reliability.json

The lab is LAB's (default: faults). Exit status: 0 all survived, 1 not all, 2 wrong use. Last line: the count.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from tests.faults import injected
from tests.faults.bench import Bench
from tests.faults.catalogue import FAULTS, Fault, every
from tests.faults.inject import Run
from tests.faults.results import PAGE, load, page

assert injected.LOADED


def chosen(options: argparse.Namespace, bench: Bench) -> Iterator[Fault]:
    """The faults that the command line names."""
    if options.selection:
        yield from (fault for fault in FAULTS if fault.selected)
        return
    prefixes = tuple(options.only)
    # To know how many lines there are, phases 1 to 8 run once: not needed for a fault that stands in the catalogue.
    known = prefixes and not any(prefix.startswith("kill") for prefix in prefixes)
    begun = not options.resume_from
    for fault in FAULTS if known else every(bench):
        begun = begun or fault.name == options.resume_from
        if begun and (not prefixes or fault.name.startswith(prefixes)):
            yield fault


def document() -> None:
    """Write the page."""
    PAGE.write_text(page(load().values()), encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--selection", choices=["ci"])
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--resume-from", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--all", action="store_true", help="the default")
    parser.add_argument("--document", action="store_true")
    options = parser.parse_args(words)
    if options.document:
        document()
        return 0
    bench = Bench(os.environ.get("LAB", "faults"))
    faults = list(chosen(options, bench))
    if options.list:
        print("\n".join(f"{fault.name}: {fault.fault}, {fault.at}" for fault in faults))
        return 0
    if not faults:
        parser.error("no fault has that name: --list shows them")
    status = Run(bench, faults).whole()
    document()
    return status


if __name__ == "__main__":
    sys.exit(main())

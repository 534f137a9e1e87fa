"""Injects the faults, one after the other, and tells what became of them.

    python -m tests.faults                       all (an hour or more), beside them the tests of phase 6
    python -m tests.faults --selection ci        the representative ones, as `make test` does
    python -m tests.faults --only power/5        those whose name begins so; with --record their results are kept
    python -m tests.faults --only kill-resume    the chains of kills taken apart: each line by itself
    python -m tests.faults --resume              what this code has not survived: goes on with an interrupted run
    python -m tests.faults --lanes 1             in one lab (default: one more than there are cores: LAB, LAB-2 …)
    python -m tests.faults --list                their names
    python -m tests.faults --document            write docs/reliability.md from docs/reliability.json

The lab is LAB's (default: faults), the pair SITE's (default: the lab's default pair).
Exit status: 0 all survived, 1 not all, 2 wrong use. Last line: the count.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.driver import PROJECT
from tests.faults import injected
from tests.faults.bench import Bench
from tests.faults.catalogue import Fault, each_resumed, every, of_pair, selected
from tests.faults.inject import Run
from tests.faults.results import PAGE, load, of_all_pairs, page, rows_of, save, summary, survived
from tests.faults.unchanged import is_unchanged

assert injected.LOADED


def chosen(options: argparse.Namespace, bench: Bench) -> Iterator[Fault]:
    """The faults that the command line names."""
    if options.selection:
        yield from selected(bench.cast)
        return
    prefixes = tuple(options.only)
    # To know how many lines there are, phases 1 to 8 run once: not needed for a fault that stands in the catalogue.
    known = prefixes and not any(prefix.startswith("kill") for prefix in prefixes)
    if prefixes and all(prefix.startswith("kill-resume") for prefix in prefixes):
        faults = list(each_resumed(bench))
    elif known:
        faults = of_pair(bench.cast)
    else:
        faults = list(every(bench))
        if not prefixes:
            forget_others([fault.name for fault in faults], rows_of(bench.cast.profile.name))
    passed = survived(rows_of(bench.cast.profile.name)) if options.resume else {}
    for fault in faults:
        if fault.name.startswith(prefixes or "") and not is_unchanged(fault.act, passed.get(fault.name, "")):
            yield fault


def forget_others(names: Sequence[str], kept: Path) -> None:
    """Results of faults that there are no more, and in the order in which they are injected."""
    rows = load(kept)
    save((rows[name] for name in names if name in rows), kept)


@contextmanager
def phase_6(lab: str) -> Iterator[subprocess.Popen[str]]:
    """The exchange, and databases' files, are broken by tests of their own, in labs beside: mostly they wait."""
    # It is interrupted as we are, also where whoever started us ignores Ctrl-C.
    interrupted = ["env", "--default-signal=INT"]
    argv = [*interrupted, sys.executable, "-m", "pytest", "tests/lab", "tests/lab_today", "-m", "faults", "-q"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        env = {**os.environ, "IREKAE_TEST_LAB": lab}
        process = subprocess.Popen(argv, cwd=PROJECT, env=env, stdout=said, stderr=subprocess.STDOUT, text=True)
        try:
            yield process
        except BaseException:
            process.send_signal(signal.SIGINT)
            raise
        finally:
            process.wait()
            said.seek(0)
            print(f"phase 6:\n{said.read()}", flush=True)


def document() -> None:
    """Write the page."""
    PAGE.write_text(page(of_all_pairs()), encoding="utf-8")


def carried_out(benches: Sequence[Bench], faults: Sequence[Fault], options: argparse.Namespace) -> int:
    """Inject them, beside them the tests of phase 6 where all are meant; exit status."""
    recorded = options.record or not (options.only or options.selection)
    run = Run(benches, faults, recorded)
    if options.only or options.selection or options.resume:
        run.whole()
        status = run.told()
        if options.resume:
            print(f"of all, as each last ran: {summary(load(run.rows_file).values())}")
    else:
        with phase_6(f"{benches[0].driver.name}-6") as its_tests:
            run.whole()
        status = 1 if run.told() or its_tests.returncode else 0
    if recorded:
        document()
    return status


def main(words: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--selection", choices=["ci"])
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--lanes", type=int, default=(os.cpu_count() or 1) + 1, metavar="N")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--all", action="store_true", help="the default")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--document", action="store_true")
    options = parser.parse_args(words)
    if options.document:
        document()
        return 0
    # As an interruption, also in the background: the labs are put back.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    name, site = os.environ.get("LAB", "faults"), os.environ.get("SITE", "")
    benches = [Bench(f"{name}-{lane}" if lane > 1 else name, site) for lane in range(1, max(1, options.lanes) + 1)]
    faults: list[Fault] = []
    try:
        faults = list(chosen(options, benches[0]))
    finally:
        if options.list or not faults:
            benches[0].leave()
    if options.list:
        print("\n".join(f"{fault.name}: {fault.fault}, {fault.at}" for fault in faults))
        return 0
    if not faults:
        parser.error("no fault has that name: --list shows them")
    return carried_out(benches[: len(faults)], faults, options)


if __name__ == "__main__":
    sys.exit(main())

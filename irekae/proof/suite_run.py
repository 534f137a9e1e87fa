"""Runs the acceptance suite (phases 9 and 10, and the baseline), and reads its results back as data."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from irekae.model import seat_files
from irekae.model.errors import Status, SwapError
from irekae.model.legible import legible
from irekae.model.results import Check
from irekae.swap.swap import Swap

PROJECT = Path(__file__).parents[2]
SUITE = 3600.0  # seconds for all checks: each has a deadline of its own, the slowest site needs minutes
JUNIT = Path("report/junit.xml")


def run_suite(hosts: Sequence[str], numbers: Sequence[str], results: Path, junit: Path | None = None) -> list[Check]:
    """Run verify/ in a process of its own, as anybody would from the command line.

    Args:
        hosts: names to check.
        numbers: manual numbers, or phases; all when empty.
        results: file that the suite writes its results to.
        junit: file for JUnit's XML.

    Raises:
        SwapError: the suite itself broke, or left no results.
    """
    for path in (results, junit):
        if path is not None:
            seat_files.make_folder(path.parent)
            path.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "pytest", str(PROJECT / "verify"), "-q", f"--rootdir={PROJECT}"]
    argv += [f"--hosts={','.join(hosts)}", f"--json={results.absolute()}", "-c", str(PROJECT / "pyproject.toml")]
    argv += [f"--item={','.join(numbers)}"] if numbers else []
    argv += [f"--junitxml={junit.absolute()}"] if junit else []
    try:
        done = subprocess.run(argv, check=False, capture_output=True, env=suite_environment(), timeout=SUITE)
    except subprocess.TimeoutExpired as late:
        raise SwapError(
            f"the acceptance suite has not ended within {SUITE / 60:.0f} minutes",
            legible((late.stdout or b"")[-4000:]),
            f"`pytest verify/ -v --hosts={','.join(hosts)}` shows which check it waits for",
        ) from None
    # pytest: 0 all passed, 1 some failed; anything else means that the suite did not run as it should.
    if done.returncode not in (0, 1) or not results.exists():
        said = legible((done.stdout + done.stderr)[-4000:])
        raise SwapError(
            f"the acceptance suite ended with status {done.returncode}", said, "run `pytest verify/` by itself"
        )
    return read_checks(results)


def suite_environment() -> dict[str, str]:
    """The environment of a process of the suite: with where site.toml and hosts.ini lie, wherever it stands."""
    site = os.environ.get("IREKAE_SITE", "site.toml")
    inventory = os.environ.get("IREKAE_INVENTORY", "hosts.ini")
    return {
        **os.environ,
        "IREKAE_SITE": str(Path(site).absolute()),
        "IREKAE_INVENTORY": str(Path(inventory).absolute()),
    }


def read_checks(path: Path) -> list[Check]:
    """Results that the suite wrote; none when the file is not there."""
    if not path.exists():
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Check])
    except msgspec.DecodeError as error:
        raise SwapError(f"{path} is broken", str(error), "run `pytest verify/` again") from None


def checks_path(swap: Swap) -> Path:
    """Where the suite's results are kept at this seat."""
    return swap.inventory.state / "checks.json"


def baseline_path(swap: Swap) -> Path:
    """Where the suite's results of before the swap are kept at this seat (0.3)."""
    return swap.inventory.state / "baseline.json"


def keep_baseline(swap: Swap) -> str:
    """Run the suite on both hosts as they are before the swap, and keep what they hold; a line with the counts.

    Raises:
        SwapError: the swap has begun: what was before it can no longer be told (exit status 3).
    """
    if swap.planned:
        return "would run the acceptance suite on both hosts"
    # Imported here, for it takes long and most commands do without.
    from irekae.proof.baseline import has_begun, keep_facts

    if has_begun(swap):
        raise SwapError(
            "the swap has begun: what was before it can no longer be told",
            hint="the baseline that was kept stays as it is; `fab phase9` checks the hosts as they are now",
            status=Status.REFUSED,
        )
    checks = run_suite([entry.name for entry in swap.inventory.pair], [], baseline_path(swap))
    bad = [check for check in checks if check.outcome in ("failed", "error")]
    named = ", ".join(sorted({f"{check.item} {check.host}" for check in bad}))
    return (
        f"baseline: {len(checks)} checks, {len(bad)} not passed today"
        + (f" ({named})" if bad else "")
        + f"; {keep_facts(swap)}"
    )

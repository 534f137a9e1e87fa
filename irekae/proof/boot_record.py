"""What a host's boot left, kept on that host by the acceptance suite's own eyes (8.1): phase 9 compares with it."""

import json
import subprocess
import sys
from typing import Annotated

import msgspec
from msgspec import Meta

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError, again
from irekae.model.legible import legible
from irekae.model.typed import converted
from irekae.proof.suite_run import PROJECT, suite_environment
from irekae.swap.swap import Swap

DEADLINE = 900.0  # seconds: the digests of a large /usr take minutes
_Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Name = Annotated[str, Meta(max_length=4096)]


class _Kept(msgspec.Struct):
    """What a host says of its record."""

    paths: _Count
    bytes: _Count
    undigested: _Count
    more: bool
    missing: list[_Name]
    late: list[_Name]


def keep_boot_record(host: Host, swap: Swap) -> None:
    """Wait for the end of the boot, then keep what every boot and every daemon reads, who runs, who listens.

    Args:
        host: back from its boot.
        swap: connected to the pair; in a plan nothing is kept.

    Raises:
        SwapError: it could not be kept, so that phase 9 has nothing to compare with (exit status 4).
    """
    if swap.planned:
        return
    kept = _asked(host)
    host.say(f"kept of the boot: {kept.paths} paths, {kept.bytes / 1e6:.0f} MB of digests")
    if kept.missing:
        host.warn(f"not started by the boot: {legible(', '.join(kept.missing))}")
    if kept.undigested or kept.more:
        host.say(f"{kept.undigested} files without a digest: of these a new change time alone is a difference")
    for path in kept.late:
        host.warn(f"changed after the boot had ended: {legible(path)}")


def _asked(host: Host) -> _Kept:
    argv = [sys.executable, "-m", "verify.boot_record", f"--hosts={host.name}"]
    try:
        done = subprocess.run(
            argv, cwd=PROJECT, env=suite_environment(), capture_output=True, timeout=DEADLINE, check=False
        )
    except subprocess.TimeoutExpired:
        raise _unkept(host, f"it has not ended after {DEADLINE:.0f} s") from None
    if done.returncode != 0:
        raise _unkept(host, legible(done.stderr[-2000:]).strip())
    try:
        return converted(json.loads(done.stdout)[host.name], _Kept)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unkept(host, str(error)) from None


def _unkept(host: Host, why: str) -> SwapError:
    return SwapError(
        f"{host.name} has rebooted, but what the boot left could not be kept",
        why,
        f"{again()} does not reboot it once more, and keeps it",
        Status.INCOMPLETE,
    )

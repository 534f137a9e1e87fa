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


class _Looked(msgspec.Struct):
    """What a host says of its look at what it boots."""

    paths: _Count
    bytes: _Count
    undigested: _Count
    more: bool


class _Kept(_Looked):
    """What it says of its record."""

    missing: list[_Name]
    late: list[_Name]


def look_ahead(swap: Swap) -> str:
    """Have both hosts take the digests of what they will boot, which spares the boot's own look most of its time (0.3).

    Returns:
        what was looked at, or why not: nothing depends on it.
    """
    if swap.planned:
        return "would take the digests of what both hosts boot"
    names = [entry.name for entry in swap.inventory.pair]
    try:
        done = _run(f"--hosts={','.join(names)}", "--ahead")
        if done.returncode != 0:
            raise ValueError(done.stderr[-300:].decode("utf-8", "replace").strip())
        found = converted(json.loads(done.stdout), dict[_Name, _Looked])
    except (subprocess.TimeoutExpired, msgspec.ValidationError, ValueError, RecursionError) as error:
        return f"what will boot was not looked at ahead, so that 8.1 takes longer: {legible(str(error))}"
    told = ", ".join(f"{name} {found[name].bytes / 1e6:.0f} MB" for name in names if name in found)
    return f"what will boot was looked at ahead: {told}"


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
    try:
        done = _run(f"--hosts={host.name}")
    except subprocess.TimeoutExpired:
        raise _unkept(host, f"it has not ended after {DEADLINE:.0f} s") from None
    if done.returncode != 0:
        raise _unkept(host, legible(done.stderr[-2000:]).strip())
    try:
        return converted(json.loads(done.stdout)[host.name], _Kept)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unkept(host, str(error)) from None


def _run(*words: str) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-m", "verify.boot_record", *words]
    return subprocess.run(
        argv, cwd=PROJECT, env=suite_environment(), capture_output=True, timeout=DEADLINE, check=False
    )


def _unkept(host: Host, why: str) -> SwapError:
    return SwapError(
        f"{host.name} has rebooted, but what the boot left could not be kept",
        why,
        f"{again()} does not reboot it once more, and keeps it",
        Status.INCOMPLETE,
    )

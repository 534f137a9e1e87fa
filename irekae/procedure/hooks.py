"""Tells a site's own commands and webhooks of the beginning and the end of each phase (`[[hooks]]`, docs/site.md).

They run at the seat, never longer than their deadline, and stop nothing unless site.toml says so. What they write is
shown as data.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from irekae.model.errors import Status, SwapError, again
from irekae.model.journal import now, operator
from irekae.model.printing import complain, show
from irekae.site.hooks import Hook
from irekae.swap.swap import Swap

MOST_LINES, MOST_BYTES = 20, 8192  # of what a command writes
KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ")  # of our environment


@contextlib.contextmanager
def told(swap: Swap, phase: int, hosts: Sequence[str]) -> Iterator[None]:
    """Tell of a phase's beginning, and whatever becomes of it, of its end; of that also where not all could be told of
    the beginning.

    Raises:
        SwapError: a hook that is required failed.
    """
    before = len(swap.outcomes)
    try:
        _tell(swap, phase, hosts, "begin", "", [])
        yield
    except BaseException as error:
        outcome = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with contextlib.suppress(SwapError):  # what stopped the phase is told, and not what came behind it
            _tell(swap, phase, hosts, "end", outcome, swap.outcomes[before:])
        raise
    _tell(swap, phase, hosts, "end", "done", swap.outcomes[before:])


def _tell(swap: Swap, phase: int, hosts: Sequence[str], moment: str, outcome: str, outcomes: Sequence[Any]) -> None:
    """Run what is declared for this moment, one after the other. Of the end all are told, whichever of them fails."""
    broken: list[SwapError] = []
    for hook in swap.site.hooks:
        if phase not in hook.phases or moment not in hook.at:
            continue
        if swap.planned:
            show(f"at the {moment} of phase {phase} {hook.label} would be told; nothing of it runs in a plan")
            continue
        if failed := _failed(hook, message(swap, phase, hosts, moment, outcome, outcomes)):
            try:
                _say(hook, failed, moment, phase)
            except SwapError as error:
                broken.append(error)
                if moment == "begin":
                    break
    if broken:
        raise broken[0]


def _say(hook: Hook, failed: str, moment: str, phase: int) -> None:
    what = f"the hook {hook.label} failed at the {moment} of phase {phase}"
    if hook.required:
        hint = f"mend it, or take `required` away in site.toml; then {again()}"
        raise SwapError(what, failed, hint, Status.REFUSED if moment == "begin" else Status.FAILED)
    complain(f"{what}, and stops nothing: {failed}")


def message(
    swap: Swap, phase: int, hosts: Sequence[str], moment: str, outcome: str, outcomes: Sequence[Any]
) -> dict[str, Any]:
    """What a hook is told; docs/site.md has its keys."""
    pair = swap.inventory.pair
    items = [
        {"item": spot.item, "hosts": [bearer.now for bearer in spot.bearers], "outcome": done.state.value}
        for spot, done in outcomes
    ]
    return {
        "version": 1,
        "time": now(),
        "site": swap.site.site.title,
        "event": moment,
        "phase": phase,
        "hosts": list(hosts) or [entry.name for entry in pair],
        "production": pair[0].name,
        "standby": pair[1].name,
        "operator": operator(),
        "outcome": outcome,
        "items": items,
    }


def _failed(hook: Hook, told: Mapping[str, Any]) -> str:
    """Let it be told; why that failed, "" where it did not."""
    data = msgspec.json.encode(told)
    if hook.run:
        return _run(hook, data)
    from irekae.procedure.webhook import post  # it takes long to read, and most sites have none

    return post(hook, data)


def _run(hook: Hook, data: bytes) -> str:
    """Run the command in a group of its own, which is ended with all that it started when its deadline is over."""
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        try:
            process = subprocess.Popen(
                hook.run, stdin=given, stdout=said, stderr=subprocess.STDOUT, start_new_session=True, env=environment
            )
        except OSError as error:
            return error.strerror or str(error)
        status = _ended(process, hook.deadline)
        said.seek(0)
        for line in said.read(MOST_BYTES).decode("utf-8", "replace").splitlines()[:MOST_LINES]:
            show(f"  {hook.label}: {line}")
    if status is None:
        return f"it did not end within {hook.deadline} s"
    return f"it ended with status {status}" if status else ""


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Its exit status; None where it did not end in time: then nothing of it is left."""
    try:
        return process.wait(seconds)
    except BaseException as error:
        # Its leader is not buried yet, so the group is still its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            return None
        raise

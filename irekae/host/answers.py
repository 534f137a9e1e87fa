"""What an agent answers: how long that may take, and what is an answer at all."""

import json
from typing import Any

from irekae.model.errors import Status, SwapError
from irekae.site.inventory import HostEntry

# Seconds until an answer must have come; an operation that is given a time-out of its own has that, and SLACK.
ANSWER, SLACK = 600.0, 60.0
# What the agent itself gives up after.
OWN = {"copy_tree": 3600.0, "daemon_run": 60.0, "seen_databases": 2400.0}
# Operations that walk a whole tree: as long as /home is large.
WALKING = 6 * 3600.0
WALKS = frozenset(
    [
        *("digests", "grep", "marks", "note_expected", "note_left", "remove", "states"),
        *("nameless", "other_devices", "parts", "next_part", "sample", "survey", "undo_copy"),
        *("mail_digests", "mail_lacks", "mail_messages", "mail_since", "mail_spools", "mailboxes"),
        *("seen_config", "seen_contents", "seen_setuid", "seen_sites"),
    ]
)


def within(op: str, arguments: dict[str, Any]) -> float:
    """Seconds that the work may take."""
    if op == "all":
        # Many of them walk a file each, and none of these takes hours: the time for a whole tree is given once.
        each = [within(str(request["op"]), request) for request in arguments["requests"]]
        return sum(seconds for seconds in each if seconds != WALKING) + (WALKING if WALKING in each else 0.0)
    if "timeout" in arguments or op in OWN:
        return float(arguments.get("timeout", OWN.get(op, 0))) + SLACK
    return WALKING if op in WALKS else ANSWER


def decoded_answer(line: bytes) -> dict[str, Any] | None:
    """{"ok": …} or {"error": …, "kind": …} of an agent; None for anything else."""
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    failed = isinstance(answer.get("error"), str) and isinstance(answer.get("kind"), str)
    return answer if failed or "ok" in answer else None


def want_memory(entry: HostEntry, state: str, facts: dict[str, Any]) -> None:
    """What the host remembers must be legible before anything is built on it.

    Raises:
        SwapError: run.json is broken, or lacks what belongs there.
    """
    run, path = facts["run"], f"{state}/run.json"
    problem = facts.get("broken_run", "")
    if not problem and run is not None:
        missing = [key for key in ("id", "today", "name_before") if not isinstance(run, dict) or key not in run]
        problem = f"it lacks {', '.join(missing)}" if missing else ""
    if problem:
        hint = "mend it by hand after the other host's (id and today are the same, name_before is not)"
        raise SwapError(f"{path} on {entry.name} cannot be read", problem, hint, Status.REFUSED)

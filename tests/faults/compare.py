"""Compares canonical states: of the same host at two times, and of the old production with the new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

State = dict[str, Any]
Pair = dict[str, State]  # by machine, "a" and "b"

SHOWN = 12  # differences that are told
UIDS = range(1000, 30000)  # users of gate; others are work accounts
# Of the receiver: the copy leaves it alone (site.toml, [home] excludes).
HELD = "/var/lib/irekae/held"
KEPT = ("/home/gate", "/home/chikuwa", "/home/aquota.user")


class NotSurvived(AssertionError):
    """The fault left something that must not be."""


def differences(was: Pair, now: Pair, *, mtimes: bool) -> list[str]:
    """What differs between two states of both machines, host by host; [] when they are equal.

    Args:
        was: the state that it must be.
        now: what it is.
        mtimes: compare the times of all files, not only of the users'.
    """
    found: list[str] = []
    for machine, state in was.items():
        other = now[machine]
        found += [
            f"{machine}: {key}: {state[key]} became {other[key]}"
            for key in ("hostname", "addresses", "running")
            if state[key] != other[key]
        ]
        found += [f"{machine}: {line}" for line in _files(state["files"], other["files"], mtimes)]
        found += [f"{machine}: {line}" for line in missing(state, other, now)]
    return found


def missing(was: State, is_: State, now: Pair) -> Iterable[str]:
    """Mail of a machine that is not there any more.

    What waited in a queue before the swap may wait still, or have come to the same mailbox, on any machine of `now`.
    """
    for mail in sorted(set(was["mail"]) - set(is_["mail"])):
        message = mail.strip("'").partition(" ")[2]
        waited = message.startswith("Message ")
        if not (waited and any(message in state["queued"] or mail in state["mail"] for state in now.values())):
            yield f"mail is missing: {mail}"


def _files(was: dict[str, list[Any]], now: dict[str, list[Any]], mtimes: bool) -> Iterable[str]:
    for path in sorted({*was, *now}):
        timed = mtimes or path.startswith("/home/")
        old, new = (state[path][: 4 if timed else 3] if path in state else None for state in (was, now))
        if old != new:
            yield f"{path}: {old} became {new}"


def lost(before: Pair, after: Pair) -> list[str]:
    """Mail, files, accounts and crontabs of the old production (machine a) that the new one (b) has not."""
    old, new = before["a"], after["b"]
    found = list(missing(old, new, {"b": new}))
    for path, entry in old["files"].items():
        special = entry[0][0] in "ps"  # pipes and sockets hold nothing, and the copy makes none
        path = path.removeprefix(HELD)  # 1.7 holds users' jobs, and on the retired machine they stay held
        if path.startswith(("/home/", "/var/spool/cron/crontabs/")) and not path.startswith(KEPT) and not special:
            there = new["files"].get(path)
            if there is None or there[:3] != entry[:3]:
                found.append(f"{path}: {entry} on the old production, {there} on the new one")
    kept = before["b"]["files"]
    found += [
        f"{path}: the receiver's own, {kept[path]} became {new['files'].get(path)}"
        for path in kept
        if path.startswith(KEPT) and new["files"].get(path) != kept[path]
    ]
    return found + _accounts(before, after)


def _accounts(before: Pair, after: Pair) -> list[str]:
    """Of production every user, with his password; of the standby every account that it had."""
    there = after["b"]["accounts"]
    found = []
    for name, (uid, digest) in before["a"]["accounts"].items():
        if uid in UIDS and (name not in there or there[name][0] != uid or there[name][1] != digest):
            found.append(f"account {name}: {(uid, digest)} on the old production, {there.get(name)} on the new one")
    return found + [f"account {name} is gone" for name in before["b"]["accounts"] if name not in there]


def want(found: list[str], what: str) -> None:
    """Raise NotSurvived where something is found."""
    if found:
        more = f"\n… and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise NotSurvived(f"{what}: {len(found)} differences\n" + "\n".join(found[:SHOWN]) + more)

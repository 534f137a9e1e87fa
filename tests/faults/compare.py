"""Compares canonical states: of the same host at two times, and of the old production with the new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

State = dict[str, Any]
Pair = dict[str, State]  # by machine, "a" and "b"

SHOWN = 12  # differences that are told
UIDS = range(1000, 30000)  # users of gate; others are work accounts
HELD = "/var/lib/irekae/held"


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
            for key in ("hostname", "addresses", "running", "databases")
            if state[key] != other[key]
        ]
        found += [f"{machine}: {line}" for line in _files(state, other, mtimes)]
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


def is_data(state: State, path: str) -> bool:
    """Whether a path belongs to what a swap carries over whole: users' files, mailboxes, crontabs."""
    return path.startswith(tuple(f"{top}/" for top in state["data"]))


def _files(was: State, now: State, mtimes: bool) -> Iterable[str]:
    for path in sorted({*was["files"], *now["files"]}):
        timed = mtimes or (is_data(was, path) and "/cron/" not in path)
        files = (was["files"], now["files"])
        old, new = (known[path][: 4 if timed else 3] if path in known else None for known in files)
        if old != new:
            yield f"{path}: {old} became {new}"


def lost(before: Pair, after: Pair) -> list[str]:
    """Mail, files, databases, accounts and crontabs of the old production (machine a) that the new one (b) has not."""
    old, new, kept = before["a"], after["b"], tuple(before["a"]["kept"])
    found = list(missing(old, new, {"b": new}))
    if old["databases"] != new["databases"]:
        found.append(f"databases: {old['databases']} on the old production, {new['databases']} on the new one")
    for path, entry in old["files"].items():
        special = entry[0][0] in "ps"  # pipes and sockets hold nothing, and the copy makes none
        path = path.removeprefix(HELD)  # 1.7 holds users' jobs, and on the retired machine they stay held
        if is_data(old, path) and not path.startswith(kept) and not special:
            there = new["files"].get(path)
            if there is None or there[:3] != entry[:3]:
                found.append(f"{path}: {entry} on the old production, {there} on the new one")
    found += [
        f"{path}: the receiver's own, {entry} became {new['files'].get(path)}"
        for path, entry in before["b"]["files"].items()
        if path.startswith(kept) and new["files"].get(path) != entry
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

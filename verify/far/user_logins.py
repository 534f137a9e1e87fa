"""Whether sshd would let the users in: its own settings for each, their accounts, their keys. Nothing secret leaves."""

from __future__ import annotations

import fnmatch
import grp
import os
import pwd
import stat
import subprocess
import time
from typing import Any

from verify.far.below import descend, open_folder, opened, state_of

WANTED = ("passwordauthentication", "kbdinteractiveauthentication", "pubkeyauthentication", "usepam",
          "authenticationmethods", "allowusers", "denyusers", "allowgroups", "denygroups")  # fmt: skip
DAY = 86400


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Look at the users whose uid is from `first` to `last`; ask `sshd` (its command) about `most` of them.

    Answers `users`: name → `proofs` (password, key), `closed` (why the account takes nobody), `listed` (which list of
    sshd's shuts him out), `settings` of sshd for him where it was asked; `nologin`: /etc/nologin is there.
    """
    users = [one for one in pwd.getpwall() if request["first"] <= one.pw_uid <= request["last"]]
    shadow = shadows()
    asked = sample([one.pw_name for one in users if proofs(one, shadow)], request["most"])
    found = {}
    for user in users:
        settings = settings_for(request, user.pw_name) if user.pw_name in asked else {}
        found[user.pw_name] = {
            "proofs": proofs(user, shadow),
            "closed": closed(user, shadow.get(user.pw_name, [])),
            "listed": shut_out(user, settings, request["caller"]),
            "settings": {name: " ".join(values) for name, values in settings.items()},
        }
    return {"users": found, "nologin": os.path.exists("/etc/nologin")}


def shadows() -> dict[str, list[str]]:
    """Name → the fields of shadow(5)."""
    with open("/etc/shadow", encoding="utf-8", errors="surrogateescape") as lines:
        rows = [line.rstrip("\n").split(":") for line in lines]
    return {row[0]: row for row in rows if len(row) >= 9}


def sample(names: list[str], most: int) -> list[str]:
    """Some of the names, from the first to the last: old accounts and new ones."""
    step = max(1, -(-len(names) // most))
    return names[::step]


def proofs(user: pwd.struct_passwd, shadow: dict[str, list[str]]) -> list[str]:
    """How he could prove himself: a password that can be right, a file of keys that sshd would read."""
    row = shadow.get(user.pw_name, [])
    password = len(row) > 1 and row[1][:1] not in ("", "*", "!")
    return [*(["password"] if password else []), *(["key"] if has_keys(user) else [])]


def has_keys(user: pwd.struct_passwd) -> bool:
    """Whether ~/.ssh/authorized_keys is there as sshd's StrictModes wants it: nobody else can write on the way."""
    try:
        with opened(open_folder(user.pw_dir)) as home, opened(descend(home, [".ssh"])) as folder:
            states = [os.fstat(home), os.fstat(folder), state_of(folder, "authorized_keys")]
    except OSError:
        return False
    return all(one and one.st_uid in (0, user.pw_uid) and not one.st_mode & 0o022 for one in states) and bool(
        states[2] and stat.S_ISREG(states[2].st_mode) and states[2].st_size
    )


def closed(user: pwd.struct_passwd, row: list[str]) -> str:
    """Why the account lets nobody in whatever he proves; "" where it does (shadow(5), sshd(8))."""
    today = int(time.time() // DAY)
    if not row:
        return "no line in shadow"
    if row[7].isdigit() and 0 < int(row[7]) <= today:
        return "the account has expired"
    if row[2] == "0":
        return "the password must be changed at the next login"
    if row[2].isdigit() and row[4].isdigit() and row[4] and int(row[2]) + int(row[4]) < today:
        return "the password has expired"
    shell = user.pw_shell or "/bin/sh"
    if not os.access(shell, os.X_OK):
        return f"his shell {shell} cannot be executed"
    return ""


def settings_for(request: dict[str, Any], name: str) -> dict[str, list[str]]:
    """What sshd would do with him (`sshd -T -C`)."""
    where = (
        f"user={name},host={request['caller']},addr={request['caller']},laddr={request['own']},lport={request['port']}"
    )
    words = [*request["sshd"], "-T", "-C", where]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=20, check=False)
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        key, *values = line.split()
        if key.lower() in WANTED:
            found.setdefault(key.lower(), []).extend(values)
    return found


def shut_out(user: pwd.struct_passwd, settings: dict[str, list[str]], caller: str) -> str:
    """Which of sshd's lists keeps him out, in its order: users before groups, Deny before Allow (sshd_config(5))."""
    if not settings:
        return ""
    groups = {grp.getgrgid(gid).gr_name for gid in os.getgrouplist(user.pw_name, user.pw_gid) if known(gid)}

    def is_user(pattern: str) -> bool:
        name, _, host = pattern.partition("@")
        return fnmatch.fnmatchcase(user.pw_name, name) and (
            not host or "/" in host or fnmatch.fnmatchcase(caller, host)
        )

    def listed(key: str, matches: Any) -> bool:
        patterns = settings.get(key, [])
        return any(matches(one) for one in patterns) and not any(matches(one[1:]) for one in patterns if one[0] == "!")

    def in_groups(pattern: str) -> bool:
        return any(fnmatch.fnmatchcase(group, pattern) for group in groups)

    for deny, allow, matches in (("denyusers", "allowusers", is_user), ("denygroups", "allowgroups", in_groups)):
        if listed(deny, matches):
            return deny
        if settings.get(allow) and not listed(allow, matches):
            return allow
    return ""


def known(gid: int) -> bool:
    """Whether a group has a name."""
    try:
        return bool(grp.getgrgid(gid))
    except KeyError:
        return False

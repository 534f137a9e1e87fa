"""[site] operators: who may become root on production, by sudo's own word; whom 1.7 would else keep out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from irekae.subjects.accounts.differences import SHUT
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import plain

SUDOERS = "/etc/sudoers"
ADMINS = "sudo"  # Debian's group of those who may
MOST = 100  # accounts of which sudo is asked
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_INCLUDED = re.compile(r"^[#@]include(dir)?\s+\"?(/[^\s\"]+)", re.MULTILINE)
NO_SHELLS = (*SHUT, "sync", "shutdown", "halt")
_ALLOWED = re.compile(r"\s+\((?P<whose>[^)]*)\)\s*(?P<what>.+)")  # a line of `sudo -l`: for whom, and what
_TAGS = re.compile(r"^([A-Z_]+:\s*)+")
_ROOT_S = re.compile(r"ALL|(/\S*)?/(su|sh|bash|dash|zsh)( -)?")


def operators_of(eyes: Eyes) -> dict[str, str]:
    """Accounts that may log in and become root → where that was seen."""
    texts = _texts(eyes)
    words = {word: path for path, text in reversed(texts.items()) for word in re.findall(r"%?[\w.+-]+", text)}
    groups = {word[1:]: path for word, path in words.items() if word.startswith("%")} | {ADMINS: f"group {ADMINS}"}
    rows = [line.split(":") for line in eyes.lines("getent", "group", *sorted(groups))]
    known = [row for row in rows if len(row) == 4 and row[0] in groups]
    members = {name: row[0] for row in known for name in row[3].split(",") if _NAME.fullmatch(name)}
    accounts = [line.split(":") for line in eyes.lines("getent", "passwd")]
    accounts += [line.split(":") for line in eyes.lines("getent", "passwd", *sorted(members))] if members else []
    first = {row[2]: row[0] for row in known}
    seen: dict[str, str] = {}
    for row in (row for row in accounts if _logs_in(row)):
        group = members.get(row[0]) or first.get(row[3], "")
        if where := words.get(row[0]) or (group and f"group {group}"):
            seen[row[0]] = where
    asked = sorted(seen)[:MOST]
    said = {name: eyes.said("sudo", "-n", "-l", "-U", name) for name in plain(asked)}
    return {
        name: seen[name] for name, told in said.items() if (may(told) if told.strip() else members.get(name) == ADMINS)
    }


def _texts(eyes: Eyes) -> dict[str, str]:
    """sudoers and what it includes, without comments; of a folder not what has a dot in its name, or ends in ~."""
    found, left = {}, [SUDOERS]
    for path in left:  # which grows
        if path in found:
            continue
        text = eyes.text(path)
        found[path] = re.sub(r"#(?!\d).*", "", text)
        for folder, name in _INCLUDED.findall(text):
            inside = [one for one in eyes.files(name) if "." not in one.rpartition("/")[2] and one[-1] != "~"]
            left += inside if folder else [name]
    return found


def _logs_in(row: list[str]) -> bool:
    """Is it a line of passwd(5) of somebody who may log in, and is not root."""
    if len(row) != 7 or row[2] == "0" or not _NAME.fullmatch(row[0]):
        return False
    return row[6].rpartition("/")[2] not in NO_SHELLS


def may(told: str) -> bool:
    """Does `sudo -l` tell of a way to all that root may."""
    return any(_ROOT_S.fullmatch(command) for command in _as_root(told))


def _as_root(told: str) -> Iterator[str]:
    """The commands that sudo carries out as root."""
    for line in told.splitlines():
        found = _ALLOWED.fullmatch(line)
        whose = found["whose"].partition(":")[0] if found else ""
        if found and {"ALL", "root"} & {word.strip() for word in whose.split(",")}:
            yield from (_TAGS.sub("", part.strip()) for part in found["what"].split(","))


def told(found: dict[str, str], own: str) -> str:
    """Where the operators were seen, in words; own: the account that is connected with."""
    places: dict[str, list[str]] = {}
    for name, where in found.items():
        places.setdefault(where, []).append(name)
    return "; ".join([f"you ({own})", *(f"{where}: {', '.join(names)}" for where, names in places.items())])

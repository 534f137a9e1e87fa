"""The zones of a name server as it reads them itself: named.conf by named-checkconf, zone files by named-checkzone."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from irekae.model.results import Evidence
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.facts import Facts

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{};])|([^\s{};"]+)')
_LOADED = re.compile(r"\bloaded serial (\d+)")
_CHECK = ["named-checkzone", "-i", "none", "-k", "ignore", "-m", "ignore", "-n", "ignore", "-r", "ignore"]
"""What named itself would load; whether names elsewhere exist is no affair of the file, and would be asked in DNS."""
_GIVEN = re.compile(r"(?:^|\s)-c\s*(/\S+)")
OWN = ("master", "primary")

Statement = list[Any]
"""Words of a statement of named.conf; a block in it is a list of statements."""


@dataclass(frozen=True)
class ZoneView:
    """The zones of one host.

    Attributes:
        files: zone in lower case → the file of it that named.conf names.
        serials: zone → file, and copies of it → serial; only of files that named would load.
        problems: file → what named-checkzone says of one that it would not load.
        moving: zones whose serial named raises by itself, as it signs or updates them: it is ahead of the file's.
    """

    files: dict[str, str]
    serials: dict[str, dict[str, int]]
    problems: dict[str, str]
    evidence: Evidence
    moving: frozenset[str]


def at_least(serial: int, other: int) -> bool:
    """Whether a serial is the other, or newer, as RFC 1982 counts them: they come round."""
    return (serial - other) % (1 << 32) < 1 << 31


def statements(text: str) -> list[Statement]:
    """named.conf, as `named-checkconf -p` writes it, in its braces."""
    return _block(_TOKEN.finditer(text))


def _block(tokens: Iterator[re.Match[str]]) -> list[Statement]:
    found: list[Statement] = []
    words: Statement = []
    for token in tokens:
        if token[2] == "{":
            words.append(_block(tokens))
        elif token[2] == "}":
            break
        elif token[2] == ";":
            found += [words] if words else []
            words = []
        else:
            words.append(token[1] if token[1] is not None else token[3])
    return found + ([words] if words else [])


def moving_zones(named_conf: str) -> frozenset[str]:
    """The zones that named signs or that are updated dynamically, by themselves or by what holds for all."""
    top = statements(named_conf)
    views = [statement for words in top if words[0] == "view" for statement in _blocks(words)]
    everywhere = [line for line in (*_inside(top, "options"), *views) if line[0] != "zone"]
    zones = [words for words in (*top, *views) if words[0] == "zone" and len(words) > 2]
    found = (words for words in zones if any(map(_moves, (*_blocks(words), *everywhere))))
    return frozenset(str(words[1]).rstrip(".").lower() or "." for words in found)


def _moves(line: Statement) -> bool:
    """Whether a statement lets named raise a zone's serial."""
    value = line[1] if len(line) > 1 else ""
    if line[0] in ("dnssec-policy", "inline-signing", "auto-dnssec"):
        return value not in ("none", "no", "off", "false", "0")
    return line[0] in ("allow-update", "update-policy") and value != [["none"]]


def zone_files(named_conf: str) -> dict[str, str]:
    """The zones of which this server is the master, those in views too, with the file of each."""
    found: dict[str, str] = {}
    top = statements(named_conf)
    options = _inside(top, "options")
    directory = next((words[1] for words in options if words[0] == "directory"), "")
    views = [statement for words in top if words[0] == "view" for statement in _blocks(words)]
    for words in [*top, *views]:
        if words[0] != "zone" or len(words) < 3:
            continue
        settings = {line[0]: line[1] for line in _blocks(words) if len(line) > 1 and isinstance(line[1], str)}
        if settings.get("type") in OWN and "file" in settings:
            file = settings["file"]
            path = file if file.startswith("/") or not directory else f"{directory}/{file}"
            found.setdefault(str(words[1]).rstrip(".").lower() or ".", path)
    return found


def _blocks(words: Statement) -> list[Statement]:
    return [inner for word in words if isinstance(word, list) for inner in word]


def _inside(top: list[Statement], name: str) -> list[Statement]:
    return [inner for words in top if words[0] == name for inner in _blocks(words)]


def copies_of(path: str) -> list[str]:
    """Patterns of what lies in dated copies of the folders above a file as it does there, `zones-YYYYMMDD` (7.5)."""
    steps = glob.escape(path).split("/")
    return ["/".join([*steps[:end], f"{steps[end]}-*", *steps[end + 1 :]]) for end in range(1, len(steps) - 1)]


def _conf(backend: PinnedSsh, facts: Facts) -> str:
    """named.conf; another one, where the running named was given that."""
    started = (_GIVEN.search(process.line) for process in facts.processes if process.name == "named")
    given = next((found[1] for found in started if found), None)
    if given is None or given in facts.asked["named.conf"]:
        return facts.out("named.conf")
    words = ["named-checkconf", "-p", "-x", given]
    answer = backend.far("ask", {"commands": {"named.conf": {"argv": words}}}, become="root")
    return str(answer["commands"]["named.conf"]["out"])


def look_at_zones(backend: PinnedSsh, facts: Facts) -> ZoneView:
    """Have each zone's file, and its copies in dated copies of its folders, read as named would read them."""
    conf = _conf(backend, facts)
    files = zone_files(conf)
    patterns = {path: copies_of(path) for path in files.values()}
    kept = _matches(backend, [one for some in patterns.values() for one in some])
    asked: dict[tuple[str, str], list[str]] = {}
    for zone, path in files.items():
        copies = [copy for copy in kept if any(fnmatchcase(copy, pattern) for pattern in patterns[path])]
        # A relative $INCLUDE is below the folder in which named works.
        asked |= {(zone, file): [*_CHECK, "-w", file.rpartition("/")[0], zone, file] for file in (path, *copies)}
    commands = {f"{zone} {file}": {"argv": words} for (zone, file), words in asked.items()}
    began = start()
    answers = backend.far("ask", {"commands": commands}, become="root")["commands"] if commands else {}
    serials: dict[str, dict[str, int]] = {zone: {} for zone in files}
    problems, told = {}, []
    for zone, file in asked:
        answer = answers[f"{zone} {file}"]
        said = (answer["out"] + answer["err"]).strip()
        loaded = _LOADED.search(said)
        if answer["status"] == 0 and loaded:
            serials[zone][file] = int(loaded[1])
        else:
            problems[file] = said.splitlines()[0] if said else f"status {answer['status']}"
        told.append(f"{file}: {loaded[1] if loaded else problems.get(file, '')}")
    heard = began.heard("named-checkzone of every zone, and of its copies", "\n".join(told), f"on {backend.entry.name}")
    return ZoneView(files, serials, problems, heard, moving_zones(conf))


def _matches(backend: PinnedSsh, patterns: list[str]) -> list[str]:
    return list(backend.far("ask", {"globs": patterns}, become="root")["files"]) if patterns else []

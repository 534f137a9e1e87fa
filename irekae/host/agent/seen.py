"""What the survey is told of a host: rows, name → what was seen. What not everybody there may read is a keyed digest.

The key is the same on both hosts of the pair, is known to root alone, and is written nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import stat
from typing import Dict, Iterator

from irekae.host.agent.base import MEMORY, group_of, operation, owner_of, raw, text
from irekae.host.agent.files import op_read, op_write
from irekae.host.agent.paths import Spot, all_may_enter, names_in, open_folder
from irekae.host.agent.search import small_text

Rows = Dict[str, str]

KEY_FILE = "survey.key"
KEYS: dict[str, bytes] = {}  # by the folder that the host remembers in
DIGITS = 16  # of a digest: 64 bits, enough to tell any two files of a host apart
LONGEST_LINE = 300  # characters of a line that are told; what is longer is digested
DATED = re.compile(r"[._-](?:19|20)\d{6}(?:/|$)|~$|\.(?:bak|old|orig|dpkg-\w+|ucf-\w+)$|_old$|-$")


@operation
def op_survey_key(key: str = "", make: bool = True) -> str:
    """The key of this host's digests, in base64: the one given, which is kept then; or its own, made if need be.

    make: else "" where there is none.
    """
    path = MEMORY.path(KEY_FILE)
    held = op_read(path)
    if held is None and not (key or make):
        return ""
    if not key:
        key = base64.b64encode(base64.b64decode(held["data"]) if held else os.urandom(32)).decode()
    if held is None or base64.b64decode(held["data"]) != base64.b64decode(key):
        op_write(path, key, 0o600, os.geteuid(), os.getegid())
    KEYS[MEMORY.folder] = base64.b64decode(key)
    return key


def sealed(data: bytes) -> str:
    """A keyed digest: equal for equal data, and for nobody without the key a means to guess them."""
    if MEMORY.folder not in KEYS:
        op_survey_key()
    return hmac.new(KEYS[MEMORY.folder], data, hashlib.sha256).hexdigest()[:DIGITS]


def owned(state: os.stat_result) -> str:
    """Mode, owner and group, by name."""
    return f"{stat.S_IMODE(state.st_mode):04o} {owner_of(state.st_uid)}:{group_of(state.st_gid)}"


def is_comment(line: bytes) -> bool:
    """Is that a line that no program heeds: blank, or a comment."""
    bare = line.strip()
    return not bare or (bare[:1] in b"#;" and not bare.startswith((b"#include", b"#!", b"# irekae")))


def heeded(data: bytes) -> list[bytes]:
    """The lines of a file that are neither blank nor comments, without the blanks around them."""
    return [b" ".join(line.split()) for line in data.splitlines() if not is_comment(line)]


def told(line: bytes, public: bool) -> str:
    """A line as it may be told: itself, or its digest where it is long or not for everybody."""
    if public and len(line) <= LONGEST_LINE:
        return text(line)
    return "a line that is not shown, content " + sealed(line)


def add_lines(rows: Rows, label: str, data: bytes, public: bool) -> None:
    """A row for each line of a file, with how often it stands there."""
    for line in heeded(data):
        key = f"{label}: {told(line, public)}"
        rows[key] = f"{int(rows[key].split()[0]) + 1} times" if key in rows else "1 time"


def looked_at(rows: Rows, label: str, folder: int, name: bytes) -> os.stat_result | None:
    """What bears a name in an open folder; None where that is gone, or a link, whose row it gets is where it leads."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISLNK(state.st_mode):
            return state
        rows[label] = "link to " + text(os.readlink(name, dir_fd=folder))
    except OSError:
        pass
    return None


def add_file(rows: Rows, label: str, folder: int, name: bytes) -> None:
    """A file of lines in an open folder: a row for itself, one for each line. Of a link, where it leads."""
    state = looked_at(rows, label, folder, name)
    if state is None or not stat.S_ISREG(state.st_mode):
        return
    rows[label] = "file, " + owned(state)
    held = small_text(folder, name)
    if held is None:
        rows[label] += ", no text"
    else:
        add_lines(rows, label, held[0], bool(held[1] & stat.S_IROTH) and all_may_enter(folder))


def add_path(rows: Rows, path: str) -> None:
    """The same by its path, in a folder where no user has a say; nothing where it is missing."""
    try:
        with Spot(path) as spot:
            add_file(rows, path, spot.folder, spot.name)
    except (FileNotFoundError, NotADirectoryError):
        return


def add_folder(rows: Rows, path: str, pattern: str = "") -> None:
    """Every file in a folder whose name matches, copies with a date left out."""
    for folder, name in files_in(path):
        if re.match(pattern, text(name)):
            add_file(rows, f"{path}/{text(name)}", folder, name)


def files_in(path: str) -> Iterator[tuple[int, bytes]]:
    """The folder, open, and each name in it but those of copies; none where it is missing."""
    try:
        folder = open_folder(raw(path), path)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        for name in names_in(folder):
            if not DATED.search(text(name)):
                yield folder, name
    finally:
        os.close(folder)

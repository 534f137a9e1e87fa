"""What `nginx -T` says: each file behind a line with its name, those that others include too. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

_WORDS = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\$\{[^}\s]*\}|[^\s{};])+""")
_FILE = re.compile(r"^# configuration file (/.+):$", re.MULTILINE)
_SERVER = ["http", "server"]
_DEEPEST = 20  # files that include one another


def servers_of(said: str) -> list[tuple[str, str]]:
    """Port and name of each server {} of http: `listen`s and names stand in any order, on several lines or one."""
    found: list[tuple[str, str]] = []
    blocks: list[str] = []
    ports: list[str] = []
    names: list[str] = []
    for words, end in _statements(said):
        if end == "{":
            blocks.append(words[0] if words else "")
        elif end == "}":
            if blocks == _SERVER:
                found += [(port, name) for port in ports or ["80"] for name in names]
                ports, names = [], []
            blocks = blocks[:-1]
        elif blocks == _SERVER and words:
            ports += [_port_of(words[1])] if words[0] == "listen" and len(words) > 1 else []
            names += words[1:] if words[0] == "server_name" else []
    return found


def _statements(said: str) -> Iterator[tuple[list[str], str]]:
    """The words of each directive and what ends it; an included file stands where it is named."""
    before, *named = _FILE.split(said)
    files = dict(zip(named[::2], named[1::2], strict=True))
    main = next(iter(files), "")
    yield from _of_file(files.get(main, before), files, main.rpartition("/")[0], _DEEPEST)


def _of_file(text: str, files: Mapping[str, str], folder: str, deeper: int) -> Iterator[tuple[list[str], str]]:
    said: list[str] = []
    for word in _WORDS.findall(text):
        if word.startswith("#"):
            continue
        if word not in ("{", "}", ";"):
            said.append(word.strip("\"'"))
            continue
        if word == ";" and len(said) == 2 and said[0] == "include" and deeper:
            for path in _included(said[1], files, folder):
                yield from _of_file(files[path], files, folder, deeper - 1)
        else:
            yield said, word
        said = []


def _included(pattern: str, files: Mapping[str, str], folder: str) -> list[str]:
    """The files that an `include` means, from the main file's folder where it names none: `*` stands for no slash."""
    wanted = (pattern if pattern.startswith("/") else f"{folder}/{pattern}").split("/")
    split = {path: path.split("/") for path in files}
    return [path for path, parts in split.items() if len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))]


def _port_of(listen: str) -> str:
    """The port of a `listen`: alone, behind an address, or 80; "" for one that nobody from outside can reach."""
    if listen.startswith(("127.", "[::1]", "localhost", "unix:")):
        return ""
    behind = re.fullmatch(r"(?:(?:[^:\[\]]+|\[[^\]]*\]):)?(\d+)", listen)
    return behind[1] if behind else "80"

"""sshd's configuration files, read as servconf.c reads them: quotes, comments, `=`, Match and Include. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

EVERYWHERE = "everywhere"
DEEPEST = 16
"""Files that include one another; sshd itself goes no deeper (servconf.c)."""
_KEYWORD = re.compile(r'\s*"?(\w+)"?(?:\s*=\s*|\s+|$)(.*)', re.DOTALL)


@dataclass(frozen=True)
class Directive:
    """One line that says something.

    Attributes:
        keyword: in lower case.
        arguments: without quotes.
    """

    line: int
    keyword: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class RootRule:
    """A PermitRootLogin of a configuration file, and the Match block that it stands in."""

    path: str
    line: int
    value: str
    where: str


def arguments(text: str) -> tuple[str, ...]:
    """Words of a line as argv_split() splits them: quotes of both kinds, `#` begins a comment where a word could."""
    found: list[str] = []
    word, quote, rest = "", "", iter(text)
    inside = False
    for sign in rest:
        if quote:
            if sign == quote:
                quote = ""
            else:
                word += next(rest, "") if sign == "\\" else sign
        elif sign in " \t\r\n\f":
            found += [word] if inside else []
            word, inside = "", False
        elif sign == "#" and not inside:
            break
        else:
            inside = True
            quote = sign if sign in "\"'" else ""
            word += "" if quote else sign
    return tuple(found + ([word] if inside else []))


def directives(text: str) -> Iterator[Directive]:
    """Every line that is neither empty nor a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        found = _KEYWORD.fullmatch(line.rstrip())
        if found:
            yield Directive(number, found[1].lower(), arguments(found[2]))


def included(text: str) -> list[str]:
    """The patterns of a file's Include lines; a relative one is below /etc/ssh (sshd_config(5))."""
    patterns = [word for one in directives(text) if one.keyword == "include" for word in one.arguments]
    return [pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}" for pattern in patterns]


def root_rules(path: str, text: str, matching: Callable[[str], list[tuple[str, str]]]) -> list[RootRule]:
    """Every PermitRootLogin of a file and of those that it includes, each with the block that it stands in.

    Args:
        path: of the file.
        text: what is in it.
        matching: files of an Include pattern: path and text, in order.
    """
    return list(_rules(path, text, matching, EVERYWHERE, DEEPEST))


def _rules(
    path: str, text: str, matching: Callable[[str], list[tuple[str, str]]], block: str, deep: int
) -> Iterator[RootRule]:
    for one in directives(text):
        if one.keyword == "match":
            block = EVERYWHERE if one.arguments[:1] in (("all",), ("All",)) else f"Match {' '.join(one.arguments)}"
        elif one.keyword == "permitrootlogin" and one.arguments:
            yield RootRule(path, one.line, one.arguments[0].lower(), block)
        elif one.keyword == "include" and deep:
            for pattern in included(f"Include {' '.join(one.arguments)}"):
                for inner, content in matching(pattern):
                    # A Match block of an included file ends with the file.
                    yield from _rules(inner, content, matching, block, deep - 1)

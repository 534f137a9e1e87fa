"""What is said of a command line that cannot be read: the name that is wrong, and those that are like it."""

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from irekae.cli.registry import OPTIONS
from irekae.model.errors import SwapError, wrong_use
from irekae.model.items import DECLARED, ITEMS, left_out, not_part
from irekae.model.near import meant, near

_UNKNOWN = re.compile(r"No idea what '(.*)' is!", re.DOTALL)
_MISSING = re.compile(r"'(.*)' did not receive required positional arguments: '(\w+)'")
_FLAG = re.compile(r"Flag <Argument: ([\w-]+)")
_QUOTED = re.compile(r"'(.*)'", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A command line that cannot be read.

    Attributes:
        command: that its reading had come to, "" before the first.
        words: from the first one on that is none of Fabric's own.
        commands: every command with its options.
        options: Fabric's own, which stand anywhere.
    """

    command: str
    words: Sequence[str]
    commands: Mapping[str, Collection[str]]
    options: Sequence[str]

    @property
    def help(self) -> str:
        """The hint that shows what the command takes."""
        return f"`fab --help {self.command}`" if self.command else "`fab --help`"


def unknown_command(word: str, commands: Collection[str]) -> SwapError:
    """There is no such command; those like it, or the one of an item whose number was typed."""
    for number in left_out():
        if word in (number, DECLARED[number].command):
            return not_part(DECLARED[number])
    offered = [f"fab {name}" for name in _like(word, commands)]
    return wrong_use(f"there is no command {word!r}", hint=meant(offered, "`fab --list` shows all"))


def _like(word: str, commands: Collection[str]) -> list[str]:
    number = re.sub(r"^phase[ .-]?", "", word)
    if number in ITEMS:
        return [ITEMS[number].command]
    if f"phase{number}" in commands:
        return [f"phase{number}"]
    last = {name.rpartition(".")[2]: name for name in commands}
    return near(word, commands) or [last[found] for found in near(word, last)]


def unread(said: str, line: Line) -> SwapError:
    """What invoke's parser said of a command line, in our words."""
    if found := _UNKNOWN.search(said):
        return (_unknown_option if found[1].startswith("-") else _unknown)(found[1], line)
    if found := _MISSING.search(said):
        return wrong_use(f"{found[2]} is missing", OPTIONS.get(found[2], ""), line.help)
    if found := _FLAG.search(said):
        flag = f"-{found[1]}" if len(found[1]) == 1 else f"--{found[1].replace('_', '-')}"
        wants = "takes no value" if "take any value" in said else "wants a value"
        return wrong_use(f"{flag} {wants}", hint=line.help)
    return wrong_use(said, hint=line.help)


def _unknown(word: str, line: Line) -> SwapError:
    return unknown_command(word, line.commands)


def _unknown_option(word: str, line: Line) -> SwapError:
    """An option that a command has not, or that stands before the command that it belongs to."""
    if not line.command:
        every = dict.fromkeys(flag for known in line.commands.values() for flag in known)
        owner = next((name for name in line.words if word in line.commands.get(name, ())), "")
        if word in every:
            hint = f"`fab {owner} {word}`" if owner else line.help
            return wrong_use(f"{word} stands behind the command that it belongs to", hint=hint)
        return wrong_use(f"there is no option {word}", hint=meant(_long(word, every), line.help))
    own = [*line.commands.get(line.command, ()), *line.options]
    return wrong_use(f"`fab {line.command}` has no option {word}", hint=meant(_long(word, own), line.help))


def _long(word: str, flags: Collection[str]) -> list[str]:
    long = [flag for flag in flags if flag.startswith("--")]
    return [flag for flag in long if flag[2] == word[1]] if len(word) == 2 else near(word, long)


def no_number(said: str, words: Sequence[str]) -> SwapError:
    """A value that is no number, named with its option.

    Args:
        said: what Python said of it.
        words: of the command line.
    """
    found = _QUOTED.search(said)
    value = found[1] if found else ""
    named = next((word for word in words if word.endswith(f"={value}")), "")
    before = next((first for first, word in itertools.pairwise(words) if word == value), "")
    where = named or f"{before} {value}".strip()
    return wrong_use(f"{where}: a number is wanted", hint="as in `fab resume --through 4`")

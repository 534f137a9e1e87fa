"""The commands that a README shows, block by block."""

import re
from dataclasses import dataclass
from pathlib import Path

# A comment, invisible to readers, says before each block of commands which story of test_commands.py it belongs to.
_BLOCK = re.compile(r"(?:<!-- (?P<mark>[^\n]*) -->\n)?^```sh\n(?P<text>.*?)^```", re.M | re.S)
_STATUS = re.compile(r"#\s*exit (\d)\b")


@dataclass(frozen=True)
class Command:
    """A line to type, the story that it belongs to, and the exit status that the README promises."""

    story: str
    line: str
    status: int


def commands(readme: Path) -> list[Command]:
    """All commands in blocks of shell; the story is empty for those that say `not run: reason`.

    Raises:
        ValueError: a block says neither.
    """
    found = []
    for block in _BLOCK.finditer(readme.read_text()):
        mark = block["mark"] or ""
        if not mark.startswith(("test: ", "not run: ")):
            raise ValueError(f"{readme.name}: nothing is said of the block\n{block['text']}")
        story = mark.removeprefix("test: ") if mark.startswith("test: ") else ""
        for line in block["text"].splitlines():
            status = _STATUS.search(line)
            typed = re.sub(r"\s+#.*", "", line).strip()
            if typed:
                found.append(Command(story, typed, int(status[1]) if status else 0))
    return found

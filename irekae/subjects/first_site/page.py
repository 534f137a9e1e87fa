"""TOML as `fab init` writes it: every line with where it was seen, and marks where a person must decide. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from irekae.model.legible import line as legible
from irekae.site.marks import MARK

Value = str | bool | int | Sequence[str]
_GAP = re.compile(r"\{[A-Za-z0-9_.-]+\}")
_WIDE = 100  # columns of a list that stands in one line


def quoted(value: Value) -> str:
    """A value in TOML: JSON's strings are TOML's basic strings, but for DEL and what is no character."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    parts = [quoted(one) for one in value]
    inline = f"[{', '.join(parts)}]"
    return inline if len(inline) <= _WIDE else "[\n" + "".join(f"    {part},\n" for part in parts) + "]"


def name_of(key: str) -> str:
    """A part of a table's name: bare where TOML lets it be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quoted(key)


@dataclass
class Page:
    """The lines of a file, in the order in which they are written."""

    lines: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        """A comment, or an empty line."""
        self.lines.append(f"# {legible(text)}" if text else "")

    def ask(self, text: str) -> None:
        """A line that says nothing yet: a person decides whether anything belongs there."""
        self.lines.append(f"{MARK}: {legible(text)}")

    def table(self, *names: str, seen: str = "", many: bool = False) -> None:
        """Begin a table; many: one of several."""
        head = ".".join(name_of(name) for name in names)
        head = f"[[{head}]]" if many else f"[{head}]"
        self.lines += ["", f"{head}{_behind(seen)}"]

    def key(self, key: str, value: Value, seen: str = "", ask: str = "") -> None:
        """A key; seen: where; ask: what a person must decide before this line counts."""
        behind = f"  {MARK}: {legible(ask)}" + (f" (seen: {legible(seen)})" if seen else "") if ask else _behind(seen)
        first, *rest = f"{key} = {quoted(value)}".split("\n")
        # A list over several lines has its comment above: behind the bracket it would be overlooked.
        self.lines += [f"# {behind.strip().removeprefix('# ')}"] if rest and behind else []
        self.lines += [first + ("" if rest else behind), *rest]

    @property
    def text(self) -> str:
        """The whole file."""
        return "\n".join(self.lines) + "\n"


def _behind(seen: str) -> str:
    return f"  # {legible(seen)}" if seen else ""


def plain(words: Sequence[str]) -> list[str]:
    """Words that mean themselves in site.toml: what looks like one of its gaps (`{name}`) is left out."""
    return [word for word in words if not _GAP.search(word)]

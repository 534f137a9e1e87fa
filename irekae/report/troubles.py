"""What to do when something fails: README's table, for the manual on paper."""

from __future__ import annotations

import re
from pathlib import Path

from irekae.model.language import Lang

_FOLDER = Path(__file__).parents[2]
_README: dict[Lang, str] = {"en": "README.md", "ja": "README.ja.md"}
_SECTION = re.compile(r"^### 6\. .*?$(.*?)^(?:##|<!--)", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


def troubles(lang: Lang) -> list[tuple[str, str]]:
    """Return (what you see, what to do) for each row of README's table in `lang`; nothing where no README lies here."""
    path = _FOLDER / _README[lang]
    found = _SECTION.search(path.read_text(encoding="utf-8")) if path.exists() else None
    lines = [line for line in found[1].splitlines() if line.startswith("|")] if found else []
    rows = [[_plain(cell) for cell in _CELL.split(line)[1:-1]] for line in lines[2:]]
    return [(seen, do) for seen, do in rows]


def _plain(text: str) -> str:
    """Without Markdown's signs: emphasis, and links but for their text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.replace("\\|", "|"))
    return re.sub(r"(?<!\w)\*([^*]+)\*(?!\w)", r"\1", text).strip()

"""A copy that is taken back, by the list of what it left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from irekae.host.agent import copies, homes, marks, search

ASIDE = ".irekae-edited/now"


def take_back(
    home: Path, replaced: str, added: Sequence[str], altered: Mapping[str, Sequence[Any]] | None = None
) -> Any:
    """Undo a copy; what lies there now counts as what it left, at all paths that it added or replaced."""
    kept = home / replaced
    below = list(search.each_path(str(kept))) if kept.is_dir() else []
    left = marks.op_marks(str(home), [*added, *below])
    ours = homes.op_states(str(home), list(altered or {}))
    states = {name: (was, ours.get(name, was)) for name, was in (altered or {}).items()}
    return undo(home, replaced, added, left, states)


def undo(
    home: Path,
    replaced: str,
    added: Sequence[str],
    left: Mapping[str, str],
    altered: Mapping[str, Sequence[Any]] | None = None,
) -> Any:
    """Undo a copy that added such paths, left such marks, and altered such states into such others."""
    lines: list[Sequence[Any]] = [(name, name in added, mark, None, None) for name, mark in left.items()]
    lines += [(name, False, "", was, ours) for name, (was, ours) in (altered or {}).items()]
    listed = home.parent / f"{home.name}.left"
    listed.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return copies.op_undo_copy(str(home), replaced, str(listed), ASIDE)

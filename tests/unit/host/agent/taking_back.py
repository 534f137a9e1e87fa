"""A copy that is taken back while everything is as it left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from irekae.host.agent import copies
from irekae.host.agent.homes import op_states
from irekae.host.agent.search import op_tree

ASIDE = ".irekae-edited/now"


def take_back(
    home: Path, replaced: str, added: Sequence[str], altered: Mapping[str, Sequence[Any]] | None = None
) -> Any:
    """Undo a copy; what lies there now counts as what it left, at all paths that it added or replaced."""
    kept = home / replaced
    below = op_tree(str(kept)) if kept.is_dir() else []
    left = copies.op_marks(str(home), [*added, *below])
    ours = op_states(str(home), list(altered or {}))
    states = {name: (was, ours.get(name, was)) for name, was in (altered or {}).items()}
    return copies.op_undo_copy(str(home), replaced, added, left, ASIDE, states)

"""`fab --list`."""

from __future__ import annotations

import pytest

import tasks
from irekae.cli.listing import NARROWEST, listing, rows
from irekae.cli.registry import COMMANDS, lines_of_help
from irekae.model.items import ITEMS
from irekae.report.columns import width

ROWS = rows(tasks.PHASES, lines_of_help())


def test_the_phases_and_their_items_stand_in_the_manuals_order() -> None:
    # Anew: what imports fabfile.py meanwhile leaves the project's own site alone in the registry.
    names = [name.strip() for name, line in rows(tasks.PHASES, lines_of_help()) if name.strip().startswith("phase")]
    wanted: list[str] = []
    for phase in range(12):
        wanted += [f"phase{phase}"]
        items = [item for item in sorted(ITEMS.values(), key=lambda item: item.order) if item.phase == phase]
        # What only another site has may be left out.
        wanted += [item.command for item in items if item.command in names or not item.needs]
    assert names == wanted
    assert names.index("phase2") < names.index("phase10")
    assert names.index("phase9.web") < names.index("phase9.smtp")


def test_every_command_stands_there_once_with_its_line() -> None:
    shown = {name.strip(): line for name, line in ROWS if line}
    assert set(COMMANDS) <= set(shown)
    assert {name: read().__name__ for name, read in COMMANDS.items()} == {name: name for name in COMMANDS}
    assert all(shown.values())


def test_phases_alone() -> None:
    assert [name for name, _ in rows(tasks.PHASES, {}, items=False)] == [f"phase{number}" for number in range(12)]


@pytest.mark.parametrize("columns", [20, 60, 80, 132])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    lines = listing(ROWS, columns).splitlines()
    assert max(map(width, lines)) <= max(columns, NARROWEST)
    assert "ログイン禁止" in "".join(lines).replace(" ", "")

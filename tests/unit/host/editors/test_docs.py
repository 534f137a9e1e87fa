from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from irekae.host.editors import EDITORS
from tests.unit.host.editors.pair import edit

PAGE = (Path(__file__).parents[4] / "docs" / "editors.md").read_text()
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
_BLOCK = r"((?:    .*\n|\n(?=    ))+)"
_EXAMPLE = re.compile(rf"[Bb]efore:\n\n{_BLOCK}\nAfter[^\n]*:\n\n{_BLOCK}")
EXAMPLES = [
    pytest.param(name, textwrap.dedent(before), textwrap.dedent(after), id=f"{name} {number}")
    for name, section in SECTIONS.items()
    for number, (before, after) in enumerate(_EXAMPLE.findall(section), start=1)
]


def test_every_editor_has_its_section_and_no_section_is_left_over() -> None:
    assert set(SECTIONS) - {"Common to all"} == set(EDITORS)


def test_every_editor_has_an_example() -> None:
    assert {param.values[0] for param in EXAMPLES} == set(EDITORS)


@pytest.mark.parametrize(("editor", "before", "after"), EXAMPLES)
def test_the_examples_are_true(editor: str, before: str, after: str) -> None:
    assert edit(editor, before) == after

"""Who may carry a phase out is said in one way, in README and at the end of a command."""

import re
from pathlib import Path

from irekae.procedure.people import who

README = Path(__file__).parents[3] / "README.md"


def test_readme_names_the_same_people() -> None:
    rows = [re.split(r"(?<!\\) \| ", line) for line in README.read_text(encoding="utf-8").splitlines()]
    table = {int(found[0]): cells[2] for cells in rows if (found := re.match(r"\d+", cells[0].removeprefix("| ")))
             and len(cells) == 4}  # fmt: skip
    assert {phase: said.replace("**", "") for phase, said in table.items()} == {
        phase: who(phase, "ika", "tako") for phase in range(12)
    }

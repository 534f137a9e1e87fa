"""The agent's modules become one program: a name that two of them have would be the later one's for both."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from irekae.host import agent


def test_no_two_modules_give_one_name_to_two_things() -> None:
    names: Counter[str] = Counter()
    for module in agent.MODULES:
        for node in ast.parse((Path(agent.__file__).parent / f"{module}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names[node.name] += 1
            elif isinstance(node, ast.Assign):
                names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    assert [name for name, count in names.items() if count > 1] == []

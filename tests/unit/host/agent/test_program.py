"""The modules as the one program that is sent: complete, old enough, and answering."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from irekae.host import agent

FOLDER = Path(agent.__file__).parent


def start(*options: str) -> subprocess.Popen[bytes]:
    """The program in an interpreter of its own, sent as the seat sends it."""
    boot = "import sys;n=int(sys.stdin.buffer.readline());exec(compile(sys.stdin.buffer.read(n),'irekae-agent','exec'))"
    process = subprocess.Popen(
        [sys.executable, "-IS", *options, "-c", boot],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    source = agent.program()
    process.stdin.write(b"%d\n" % len(source) + source)
    process.stdin.flush()
    return process


def ask(process: subprocess.Popen[bytes], line: bytes) -> dict[str, object]:
    """One request line, one answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + b"\n")
    process.stdin.flush()
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer


def test_program_answers_and_ends_with_its_input(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff")
    with start() as process:
        request = {"op": "read", "path": str(tmp_path / "x"), "state": str(tmp_path / "state")}
        found = ask(process, json.dumps(request).encode())["ok"]
        assert isinstance(found, dict)
        assert base64.b64decode(found["data"]) == b"\xff"
        facts = ask(process, b'{"op": "facts", "known": {"size": 0, "digest": ""}}')["ok"]
        assert isinstance(facts, dict)
        assert facts["pid"] == process.pid
        out, err = process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


def test_every_module_is_in_the_program() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {*agent.MODULES, "__init__"}


def test_no_two_modules_define_the_same_name() -> None:
    """In the program all of them share one name space."""
    names: Counter[str] = Counter()
    for name in agent.MODULES:
        for node in ast.parse((FOLDER / f"{name}.py").read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names[node.name] += 1
            elif isinstance(node, ast.Assign):
                names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    assert [name for name, count in names.items() if count > 1] == []


def test_modules_need_only_those_before_them() -> None:
    for number, name in enumerate(agent.MODULES):
        for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("irekae"):
                assert str(node.module).rpartition(".")[2] in agent.MODULES[:number], name


def test_program_is_old_python_of_the_standard_library() -> None:
    tree = ast.parse(agent.program(), feature_version=(3, 7))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_each_operation_is_asked_for_by_its_name() -> None:
    with start() as process:
        for name in ("stat", "processes", "links", "list", "space"):
            arguments = {} if name in ("processes", "links") else {"path": "/etc/init.d"}
            assert "ok" in ask(process, json.dumps({"op": name, **arguments}).encode()), name


def test_no_module_s_name_hides_another_s_in_the_joined_program() -> None:
    given: dict[str, str] = {}
    for module in agent.MODULES:
        for node in ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8")).body:
            for name in given_by(node):
                assert name not in given, f"{name} is given by {given[name]} and by {module}"
                given[name] = module


def given_by(node: ast.stmt) -> list[str]:
    """The names that a statement of a module gives to all of the program; imports may repeat."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]

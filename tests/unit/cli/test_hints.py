"""Every command that a message names works when it is typed: each one is read by the real command line."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from invoke.exceptions import ParseError
from invoke.parser import Parser

import fabfile
from irekae.model.items import ITEMS

PROJECT = Path(__file__).parents[3]
COMMAND = re.compile(r"`(fab(?: [^`]*)?)`")
# What stands where a message is put together; the first that is found in the expression's text counts.
SAMPLES = (
    ("join(words)", "phase1"),
    ("of_one", "status"),
    ("again()", "`fab -H tako phase3`"),
    ("typed()", "fab phase1"),
    ("trusting", "fab trust"),
    (".command", "phase5.names"),
    ("partition", "5"),
    ("owner", "phase5"),
    ("word", "--plan"),
    ("self.command", "phase5"),
    ("path", "plan.json"),
    ("where", ""),
    ("_waive", '`fab waive 5.1 --why "…"`'),
    ("what", "begin"),
    ("following", "5"),
    ("phase", "5"),
    ("found.name", "names"),
    ("number", "5.1"),
    ("item", "5.1"),
    ("production", "ika"),
    ("standby", "tako"),
    ("name", "tako"),
)


def sample(node: ast.expr) -> str:
    text = ast.unparse(node)
    return next((value for part, value in SAMPLES if part in text), "x")


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module with samples where something is put in; docstrings are no messages."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else sample(part.value)  # type: ignore[attr-defined]
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (docs | inside):
            yield node.value


def hints() -> list[tuple[str, str]]:
    found = []
    for path in sorted([*(PROJECT / "irekae").rglob("*.py"), *(PROJECT / "tasks").glob("*.py")]):
        if path.name == "commands.py":
            continue  # its lines of help, not messages
        for text in texts(ast.parse(path.read_text())):
            found += [(path.name, match[1]) for match in COMMAND.finditer(text)]
    return found


def read(command: str) -> list[Any]:
    """The tasks of a command line, as invoke reads them: every option known, every argument there."""
    words = shlex.split(command)[1:]
    if words[:1] == ["-H"]:
        assert set(words[1].split(",")) <= {"ika", "tako"}
        words = words[2:]
    if words in ([], ["--list"], ["--help"]):
        return [*fabfile.namespace.to_contexts()[:1]]  # Fabric's own, about no command
    if words[:1] == ["--help"]:
        words = words[1:]
    found = Parser(contexts=fabfile.namespace.to_contexts()).parse_argv(words)
    for context in found:
        assert not context.missing_positional_args, f"{command}: {context.missing_positional_args}"
    return list(found)


@pytest.mark.parametrize(("module", "command"), sorted(set(hints())))
def test_a_command_that_a_message_names_can_be_typed(module: str, command: str) -> None:
    tasks = read(command)
    assert tasks, f"{module}: {command} is no command"
    for context in tasks:
        for name, argument in context.args.items():
            if name == "item" and argument.value:
                assert argument.value in ITEMS or argument.value == "N.N", command
            if name == "host" and argument.value:
                assert argument.value in ("ika", "tako"), command


def test_what_is_no_command_is_noticed() -> None:
    with pytest.raises(ParseError):
        read("fab phase12")
    with pytest.raises(ParseError):
        read("fab resume --thru 4")
    assert len(hints()) > 30

"""Every text of the code that a person may read, as the catalogue's templates: found by `ast`, nothing is imported.

What is said is taken whole (an argument of `show`, of an error …, with a single word too); any other literal counts
where it reads as prose. Rather too much is taken than too little: what is no message is excluded below, with the
reason, so that whoever writes a new one need not think of the catalogue.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.no_messages import EXCLUDED
from docs.texts import Hole, Parts, is_text, readings, values
from irekae.model.catalogue.template import peeled, written

PROJECT = Path(__file__).resolve().parents[1]
PLACES = ("fabfile.py", "conftest.py", "irekae", "tasks", "verify")
# Calls that show their arguments, or keep them to be shown: a single word in them is a message.
SAYERS = frozenset(
    {
        "show", "complain", "say", "tell", "warn", "result", "wrong_use", "Obstacle", "Finding", "expect",
        "not_made", "skip", "PlannedChange", "OpenPoint", "in_language",
    }
)  # fmt: skip
# Calls that are given no text for people: patterns, commands, paths, names of operations.
MUTE = frozenset(
    {
        "compile", "match", "search", "fullmatch", "sub", "split", "startswith", "endswith", "removeprefix", "run",
        "removesuffix", "encode", "rows", "getattr", "TypeVar", "Path", "NewType", "partition", "rpartition", "index",
        "find", "Meta", "cast", "count", "get_template", "import_module",
    }
)  # fmt: skip
# Where the commands of `fab` are: functions whose first argument is `c`.
COMMANDS = tuple(f"irekae/cli/{name}.py" for name in ("by_hand", "commands", "explaining", "reporting", "work"))
# Words that are shown though no call says them: states that are data to the code.
STATES = {
    "irekae/subjects/network/coordinator.py": ("armed", "prepared", "away", "trial", "confirmed", "reverted"),
}
PROSE = re.compile(r"[A-Za-z]{2,}[,;:.)'’]? [(“\"'{]?[A-Za-z{\d]")
LETTERS = re.compile(r"[a-z]{2}")
PATTERN = re.compile(r"\w\|\w|\\[(.\[]")  # a regular expression
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True)
class Message:
    """A text with where it stands; ja where the code has its translation beside it."""

    id: str
    place: str
    ja: str = ""


def messages() -> list[Message]:
    """All of the project, in the order of its files."""
    found: list[Message] = []
    for place in PLACES:
        path = PROJECT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = file.relative_to(PROJECT).as_posix()
            if name not in EXCLUDED:
                found += said_in(file.read_text(encoding="utf-8"), name)
    return found


def said_in(source: str, name: str) -> list[Message]:
    """The messages of one module, by its text and its path."""
    tree = ast.parse(source)
    states = [Message(word, name) for word in STATES.get(name, ())]
    return [*_beside(tree, name), *Reader(name).read(tree), *states, *_docstrings(tree, name)]


class Reader(ast.NodeVisitor):
    """Goes through a module and keeps what is said in it."""

    def __init__(self, name: str) -> None:
        """Nothing is read yet."""
        self.name = name
        self.found: list[Message] = []
        self.said = False  # within a call that says its arguments

    def read(self, tree: ast.Module) -> list[Message]:
        """All messages of the module."""
        self.visit(tree)
        return self.found

    def visit(self, node: ast.AST) -> None:
        """Keep a text, and look for others in what fills it."""
        if isinstance(node, ast.expr) and is_text(node):
            ways = readings(node)
            # What is prose in one of its readings is said in all: "3 changes" beside "3 changes, 2 refused".
            said = self.said or any(line for way in ways for line in lines_of(way, False))
            for way in ways:
                self._keep(way, said)
            for value in values(node):
                self.visit(value)
            return
        super().visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A docstring is no message by itself."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """What a declared name holds."""
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if not any(f"{self.name} {name}" in EXCLUDED for name in names):
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """The same; its annotation is none."""
        target = node.target
        if node.value and not (isinstance(target, ast.Name) and f"{self.name} {target.id}" in EXCLUDED):
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Its body, decorators and defaults; what it is annotated with is no text."""
        if f"{self.name} {node.name}" in EXCLUDED:
            return
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults, *node.body):
            if part is not None:
                self.visit(part)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What is compared with is what somebody else says."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """A key is none; what is looked up in may hold texts, and a kind of value (`Annotated`) its description."""
        self.visit(node.value)
        for one in ast.walk(node.slice):
            if isinstance(one, ast.Call) and _called(one) == "Meta":
                self._within(True, [given.value for given in one.keywords if given.arg == "description"])

    def visit_Raise(self, node: ast.Raise) -> None:
        """An error says its words."""
        self._within(True, [node.exc] if node.exc else [])

    def visit_Call(self, node: ast.Call) -> None:
        """Some calls say what they are given, some do not; others do as what they stand in."""
        name = _called(node)
        self.visit(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        bare = isinstance(node.func, ast.Name)
        if name in MUTE or (name == "say" and bare):  # `say("key")`: the report's words by their keys
            return
        says = name in SAYERS or name.endswith("Error") or (name == "ask" and bare and self.name.startswith("irekae/"))
        if name == "change" and given and ast.unparse(node.func).endswith("record.change"):
            # What it is, then how it is taken back.
            self._within(True, given[:1])
            del given[0]
        self._within(says or (self.said and name == "join"), given)

    def _within(self, said: bool, nodes: list[ast.expr]) -> None:
        before, self.said = self.said, said
        for node in nodes:
            self.visit(node)
        self.said = before

    def _keep(self, way: Parts, said: bool) -> None:
        self.found += [Message(text, self.name) for text in lines_of(way, said)]


def lines_of(way: Parts, said: bool) -> Iterator[str]:
    """The messages of one text: a line each, without what only sets it in."""
    text = written(tuple(part.name if isinstance(part, Hole) else None for part in way), way_literals(way))
    for line in text.splitlines():
        bare = peeled(line)[1]
        literal = re.sub(r"\{\w*\}", "{x", bare)
        if JAPANESE.search(bare) or PATTERN.search(bare):
            continue
        if PROSE.search(literal) or (said and LETTERS.search(re.sub(r"\{\w*\}", "", bare))):
            yield bare


def way_literals(way: Parts) -> tuple[str, ...]:
    """The words of a text, "" for its holes."""
    return tuple(part if isinstance(part, str) else "" for part in way)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _beside(tree: ast.Module, name: str) -> Iterator[Message]:
    """Texts whose translation stands beside them: titles of items, words of the reports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ("item", "check_item", "Word"):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            english = [text for text in texts if not JAPANESE.search(text)]
            if english and (japanese := [text for text in texts if JAPANESE.search(text)]):
                yield Message(peeled(english[-1])[1], name, peeled(japanese[-1])[1])


def _docstrings(tree: ast.Module, name: str) -> Iterator[Message]:
    """What `fab --help` says of a command, what the manual says of an item, and the titles of the suite's checks."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        text = inspect.cleandoc(ast.get_docstring(node) or "")
        arguments = node.args.args
        if name in COMMANDS and arguments and arguments[0].arg == "c" and not node.name.startswith("_"):
            yield from (Message(line, name) for line in text.splitlines() if line)
        elif name.startswith("tasks/") and any(isinstance(one, ast.Call) for one in node.decorator_list):
            yield from (Message(" ".join(one.split()), name) for one in text.split("\n\n"))
        elif name.startswith("verify/") and node.name.startswith("test_"):
            english, _, japanese = text.partition("\n\n")
            title = " ".join(english.split()).rstrip(".")
            yield Message(title, name, "".join(japanese.split()).rstrip("。."))

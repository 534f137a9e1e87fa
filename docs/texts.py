"""How a text is written in the code: a literal, an f-string, a format, a sum of them; each way in which it may read."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

MOST = 16  # ways in which one text with conditions may read; of more its conditions are values like others
_FIELDS = re.compile(r"(?:[^{}]|\{\{|\}\})*(?:\{\w*(?:\.\w+)?\}(?:[^{}]|\{\{|\}\})*)+")
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-#0 +]*[\d*]*(?:\.\d+)?[sdrfgxi]|%%")


@dataclass(frozen=True)
class Hole:
    """Where a value stands in a text."""

    name: str


Parts = tuple[str | Hole, ...]


def is_text(node: ast.AST) -> bool:
    """Is that an expression whose words are (partly) in the code."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add()):
            return is_text(node.left) or is_text(node.right)
        case ast.BinOp(op=ast.Mod()):
            return isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
    return False


def readings(node: ast.expr) -> list[Parts]:
    """Every way in which a text may read; one for a text without conditions."""
    found = _readings(node, conditions=True)
    return found if len(found) <= MOST else _readings(node, conditions=False)


def values(node: ast.AST, conditions: bool = True) -> Iterator[ast.expr]:
    """The expressions that fill the holes of a text, and so may hold texts of their own."""
    match node:
        case ast.JoinedStr():
            for one in node.values:
                yield from values(one, conditions)
        case ast.FormattedValue():
            yield from values(node.value) if conditions and _is_choice(node) else (node.value,)
        case ast.IfExp() if conditions:
            yield node.test
            for one in (node.body, node.orelse):
                yield from values(one) if is_text(one) else (one,)
        case ast.BinOp(op=ast.Add()):
            for one in (node.left, node.right):
                yield from values(one, conditions) if is_text(one) or isinstance(one, ast.IfExp) else (one,)
        case ast.BinOp(op=ast.Mod()):
            yield node.right
        case ast.Call():
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)


def _readings(node: ast.expr, conditions: bool) -> list[Parts]:
    match node:
        case ast.Constant(value=str()):
            return [_filled_later(str(node.value))]
        case ast.JoinedStr():
            return _each([_readings(one, conditions) if _is_hole(one) else [_literal(one)] for one in node.values])
        case ast.FormattedValue():
            return _readings(node.value, conditions) if conditions and _is_choice(node) else [(_hole(node.value),)]
        case ast.IfExp() if conditions and (is_text(node.body) or is_text(node.orelse)):
            return [*_readings(node.body, conditions), *_readings(node.orelse, conditions)]
        case ast.BinOp(op=ast.Add()) if is_text(node):
            return _each([_readings(node.left, conditions), _readings(node.right, conditions)])
        case ast.BinOp(op=ast.Mod()) if is_text(node):
            return [_percent(node.left.value)]  # type: ignore[attr-defined]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()))) if is_text(node):
            return [_format(node.func.value.value)]  # type: ignore[attr-defined]
    return [(_hole(node),)]


def _is_hole(node: ast.expr) -> bool:
    return isinstance(node, ast.FormattedValue)


def _literal(node: ast.expr) -> Parts:
    return (str(node.value),) if isinstance(node, ast.Constant) else ()


def _filled_later(text: str) -> Parts:
    """A text that is no f-string may be a format, whose values are filled in elsewhere."""
    return _format(text) if _FIELDS.fullmatch(text) else (text,)


def _is_choice(node: ast.FormattedValue) -> bool:
    value = node.value
    return isinstance(value, ast.IfExp) and node.format_spec is None and (is_text(value.body) or is_text(value.orelse))


def _each(pieces: list[list[Parts]]) -> list[Parts]:
    """Every combination; of far too many one that stands for all, which `readings` then throws away."""
    count = 1
    for piece in pieces:
        count *= max(len(piece), 1)
    chosen = pieces if count <= 4 * MOST else [piece[:1] for piece in pieces]
    found = [tuple(itertools.chain.from_iterable(combination)) for combination in itertools.product(*chosen)]
    return found if count <= 4 * MOST else found * (MOST + 1)


def _hole(node: ast.expr) -> Hole:
    match node:
        case ast.Name():
            return Hole(node.id.strip("_").lower() or "value")
        case ast.Attribute():
            return Hole(node.attr.strip("_").lower())
        case ast.Subscript(slice=ast.Constant(value=str() as key)) if key.isidentifier():
            return Hole(key)
        case ast.Subscript():
            return _hole(node.value)
        case ast.Call(func=ast.Name(id="len" | "str" | "repr" | "sorted" | "sum"), args=[first, *_]):
            return _hole(first)
        case ast.Call(func=ast.Attribute(attr="join"), args=[first, *_]):
            return _hole(first)
        case ast.Call():
            return _hole(node.func)
        case ast.GeneratorExp() | ast.ListComp():
            return _hole(node.elt)
    return Hole("value")


def _percent(text: str) -> Parts:
    parts: list[str | Hole] = []
    at = 0
    for found in _PERCENT.finditer(text):
        parts.append(text[at : found.start()])
        parts.append("%" if found[0] == "%%" else Hole(found["name"] or "value"))
        at = found.end()
    return (*parts, text[at:])


def _format(text: str) -> Parts:
    parts: list[str | Hole] = []
    for literal, field, _, _ in Formatter().parse(text):
        parts.append(literal)
        if field is not None:
            name = field.partition(".")[0].partition("[")[0]
            parts.append(Hole(name if name.isidentifier() else "value"))
    return tuple(parts)

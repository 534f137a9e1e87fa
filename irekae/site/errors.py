"""What is wrong in site.toml, as a person looks for it: file, section, key, what was expected, what was found."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import inspect

from irekae.model.errors import SwapError, wrong_use
from irekae.model.typed import converted

Step = str | int
_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+)\]|\[(\.\.\.)\]")
_IDENTITY = ("path", "address", "url", "name", "script")
_PLAIN: dict[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.ListType: "a list",
    inspect.DictType: "a table",
    inspect.StructType: "a table",
}


def explain(path: Path, raw: dict[str, Any], kind: type[msgspec.Struct], error: msgspec.ValidationError) -> SwapError:
    """An error of msgspec as one for the operator.

    Args:
        path: site.toml.
        raw: what it holds.
        kind: what it was to be.
        error: what msgspec says of it.
    """
    message, steps = _located(raw, inspect.type_info(kind), error)
    return wrong_use(f"{path}: {place(raw, steps)}: {message}", hint="correct the file and call again")


def place(raw: Any, steps: list[Step]) -> str:
    """Steps into site.toml as a person finds them: `[services.bind] init`, `[[files]] number 4 (/etc/motd) editor`."""
    names: list[str] = []
    head, number, node = "", "", raw
    for step in steps:
        node = _inside(node, step)
        if isinstance(step, str):
            names.append(step)
        elif isinstance(node, dict) and not head:
            identity = next((f" ({node[key]})" for key in _IDENTITY if isinstance(node.get(key), str)), "")
            head, names = f"[[{'.'.join(names)}]] number {step + 1}{identity}", []
        else:
            number = f" number {step + 1}"
    if head:
        return f"{head} {'.'.join(names)}{number}".strip()
    *section, key = names or [""]
    return f"[{'.'.join(section)}] {key}{number}" if section else f"[{key}]{number}"


def _located(raw: Any, info: inspect.Type, error: msgspec.ValidationError) -> tuple[str, list[Step]]:
    """What to say, and where."""
    message, _, where = str(error).partition(" - at `")
    steps: list[Step] = []
    node = raw
    for name, index, any_key in _STEP.findall(where.rstrip("`").removeprefix("$")):
        if any_key:
            # msgspec does not say which entry of a table it was: the one that it refuses by itself.
            return _in_table(node, info, steps)
        step = int(index) if index else name
        node = _inside(node, step)
        info = _present(_inside_type(info, step), node)
        steps.append(step)
    if isinstance(info, inspect.DictType) and isinstance(info.key_type, inspect.LiteralType) and isinstance(node, dict):
        for key in node.keys() - set(info.key_type.values):
            return f"unknown key; known: {', '.join(map(str, info.key_type.values))}", [*steps, key]
    unknown = re.search(r"unknown field `([^`]+)`", message)
    missing = re.search(r"required field `([^`]+)`", message)
    if unknown:
        known = [field.encode_name for field in info.fields] if isinstance(info, inspect.StructType) else []
        return f"unknown key; known: {', '.join(known)}", [*steps, unknown[1]]
    if missing:
        wanted = _expected(_inside_type(info, missing[1]))
        return f"this key is missing; {wanted} was expected", [*steps, missing[1]]
    return f"{_expected(info)} was expected, found {_found(node)}", steps


def _in_table(node: Any, info: inspect.Type, before: list[Step]) -> tuple[str, list[Step]]:
    inner = info.value_type if isinstance(info, inspect.DictType) else info
    for key, value in node.items():
        try:
            converted(value, _type_of(inner))
        except msgspec.ValidationError as error:
            message, steps = _located(value, inner, error)
            return message, [*before, key, *steps]
    raise AssertionError("msgspec refuses a table, but none of its entries")


def _type_of(info: inspect.Type) -> Any:
    """The type of the entries of a table with free keys; site.toml has these."""
    if isinstance(info, inspect.Metadata):
        return _type_of(info.type)
    if isinstance(info, inspect.StructType):
        return info.cls
    if isinstance(info, inspect.ListType):
        return list[_type_of(info.item_type)]  # type: ignore[misc]
    if isinstance(info, inspect.StrType) and info.pattern:
        return Annotated[str, msgspec.Meta(pattern=info.pattern)]
    if isinstance(info, inspect.LiteralType):
        return Literal[info.values]
    return Annotated[int, msgspec.Meta(ge=info.ge)] if isinstance(info, inspect.IntType) else str


def _inside(node: Any, step: Step) -> Any:
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):
        return None


def _inside_type(info: inspect.Type, step: Step) -> inspect.Type:
    if isinstance(info, inspect.Metadata):
        return _inside_type(info.type, step)
    if isinstance(info, inspect.StructType):
        return next((field.type for field in info.fields if field.encode_name == step), info)
    if isinstance(info, inspect.DictType):
        return info.value_type
    if isinstance(info, inspect.UnionType):
        tables = [one for one in info.types if isinstance(one, inspect.StructType)]
        names = sorted(str(one.tag) for one in tables)
        return inspect.LiteralType(tuple(names)) if step == tables[0].tag_field else _inside_type(tables[0], step)
    return info.item_type if isinstance(info, inspect.ListType) else info


def _present(info: inspect.Type, node: Any) -> inspect.Type:
    """The type of a part that may be left out, where it is there; of tables that differ by a tag, the one of `node`."""
    if not isinstance(info, inspect.UnionType):
        return info
    kinds = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    if not isinstance(node, dict):
        return kinds[0]
    tagged = [one for one in kinds if isinstance(one, inspect.StructType) and one.tag_field]
    return next((one for one in tagged if node.get(one.tag_field) == one.tag), info if tagged else kinds[0])


def _expected(info: inspect.Type) -> str:
    if isinstance(info, inspect.Metadata):
        described = (info.extra_json_schema or {}).get("description")
        return str(described) if described else _expected(info.type)
    if isinstance(info, inspect.LiteralType):
        return f"one of {', '.join(str(value) for value in info.values)}"
    if isinstance(info, inspect.ListType) and info.min_length:
        return "a list with something in it"
    if isinstance(info, inspect.IntType):
        return "a whole number" + (f" from {info.ge}" if info.ge is not None else "")
    return _PLAIN.get(type(info), "something else")


def _found(node: Any) -> str:
    if isinstance(node, dict):
        return "a table"
    if isinstance(node, list):
        return "a list" if node else "an empty list"
    shown = repr(node)
    return shown if len(shown) <= 60 else shown[:60] + "…"

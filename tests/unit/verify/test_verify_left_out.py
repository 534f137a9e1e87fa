"""What a site leaves out of site.toml is not part of it: no check is left that would want it, or could not be made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import msgspec
import pytest

from irekae.site.manual import load_manual
from tests.unit.pairs import PLACES, pair
from tests.unit.verify.test_verify_coverage import ALL, FOLDER
from verify import world
from verify.declared import Declared
from verify.selection import lacks, proofs
from verify.subjects import cases, subject_of


def reduced(site: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """A site with each optional table, list and key of it left out, one at a time."""
    for field in msgspec.structs.fields(type(site)):
        value, where = getattr(site, field.name), f"{name}{field.name}"
        factory = field.default_factory
        usual = field.default if factory is msgspec.NODEFAULT else factory()
        if usual is not msgspec.NODEFAULT and value != usual:
            yield where, msgspec.structs.replace(site, **{field.name: usual})
        if isinstance(value, msgspec.Struct):
            inner = ((key, {field.name: one}) for key, one in reduced(value, f"{where}."))
            yield from ((key, msgspec.structs.replace(site, **change)) for key, change in inner)


def collected(declared: Declared) -> Iterator[tuple[FunctionType, Any]]:
    """The checks that the suite would make of such a site, with the first case of each."""
    for param in ALL:
        check: Any = param.values[0]
        module = __import__(check.__module__, fromlist=["pytestmark"])
        own = getattr(module, "pytestmark", [])
        marks = [*check.pytestmark, *(own if isinstance(own, list) else [own])]
        subject = subject_of(check.__code__.co_varnames[: check.__code__.co_argcount])
        for proof in () if lacks(marks, declared.has) else proofs(marks):
            for role in proof.roles:
                found = cases(declared, subject, role, proof.state) if subject else {"": None}
                if found:
                    yield check, marks


# --- what the code asks for -------------------------------------------------------------------------------------------


def wants(node: ast.AST) -> set[str]:
    """Parts of the site that must be there where this is carried out: the arguments of `needed`, "web.httpd_conf"."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and ast.unparse(one.func) == "needed"]
    texts = [ast.unparse(call.args[0]).replace("needed(", "").replace(")", "") for call in calls]
    return {text.partition("site.")[2] for text in texts if "site." in text}


@cache
def functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


@cache
def wanted_by(check: FunctionType) -> set[str]:
    """What a check and the functions of its own module that it calls ask for."""
    known = functions(FOLDER / f"{check.__module__.rpartition('.')[2]}.py")
    found: set[str] = set()
    seen, left = set(), [check.__name__]
    while left:
        name = left.pop()
        seen.add(name)
        found |= wants(known[name])
        names = {one.id for one in ast.walk(known[name]) if isinstance(one, ast.Name)}
        left += [one for one in names & known.keys() if one not in seen]
    return found


def parts_of(marks: list[Any]) -> list[str]:
    return [part for mark in marks if mark.name == "needs" for part in mark.args]


def wanted_by_part(part: str) -> set[str]:
    """What the work behind a part asks for; messages are there where mail and a mailbox of the checks' are."""
    mailing = {"mail", "pop"} if part.startswith("mailing.") else set()
    return mailing | _work().get(part.rpartition(".")[2], set())


@cache
def _work() -> dict[str, set[str]]:
    """Of each part, as far as it stands in world.py."""
    path = Path(str(world.__file__))
    known, found = functions(path), {}
    for one in ast.walk(ast.parse(path.read_text())):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call) and ast.unparse(one.value.func) == "Once":
            work = one.value.args[0]
            body = known[work.attr] if isinstance(work, ast.Attribute) else work
            found[ast.unparse(one.targets[0]).removeprefix("self.")] = wants(body)
    return found


# --- the tests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["2011", "today"])
def test_no_check_is_left_that_wants_what_the_site_has_not(name: str) -> None:
    inventory, whole = pair(name)
    manual = load_manual(inventory, whole, PLACES[name] / "site.toml")
    sites = dict(reduced(whole))
    assert {"mail.lists", "web.httpd_conf", "dns.answers", "pop", "home"} <= sites.keys()
    lacking = {
        f"{where} left out: {check.__name__} wants {one}"
        for where, site in sites.items()
        for check, marks in collected(Declared(site, manual))
        for one in wanted_by(check) | {one for part in parts_of(marks) for one in wanted_by_part(part)}
        if not site.has(one)
    }
    assert lacking == set()


def test_no_check_ends_as_not_made_for_want_of_a_key_of_site_toml() -> None:
    said = [
        ast.unparse(call)
        for path in FOLDER.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("not_made")
    ]
    assert said
    assert [one for one in said if "site.toml" in one or "declared" in one] == []

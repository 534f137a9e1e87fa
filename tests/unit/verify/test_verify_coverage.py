"""Every item of phases 9 and 10 has a check in each role that the manual names, and every check says what it is."""

from __future__ import annotations

import ast
import importlib
import inspect
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from irekae.model.results import manual_numbers
from tests.unit.pairs import pair
from verify.kinds import names_of
from verify.selection import proofs
from verify.subjects import SUBJECTS

FOLDER = Path(__file__).parents[3] / "verify"
PROFILES = FOLDER.parent / "lab/profiles"
STANDBY_ONLY = {"9.2", *(f"9.{number}" for number in range(12, 17))}


def checks() -> Iterator[ParameterSet]:
    for path in sorted(FOLDER.glob("test_*.py")):
        module = importlib.import_module(f"verify.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and function.__module__ == module.__name__:
                yield pytest.param(function, id=f"{path.stem}::{name}")


ALL = list(checks())


def proven(role: str) -> set[str]:
    marked = [proof for check in ALL for proof in proofs(getattr(check.values[0], "pytestmark", []))]
    return {proof.number for proof in marked if role in proof.roles}


def test_every_item_of_phases_9_and_10_is_proven_where_it_belongs() -> None:
    phase_9 = set(manual_numbers(range(9, 10)))
    assert phase_9 - STANDBY_ONLY <= proven("production")
    assert phase_9 & STANDBY_ONLY <= proven("standby")
    assert proven("backup") == {"0.2", "10.1", "10.2"}


@pytest.mark.parametrize("function", ALL)
def test_every_check_has_an_item_and_a_title_in_both_languages(function: FunctionType) -> None:
    assert proofs(getattr(function, "pytestmark", []))
    english, _, japanese = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    assert english.endswith(".")
    assert any(ord(letter) > 0x3000 for letter in japanese)


@pytest.mark.parametrize("function", ALL)
def test_every_check_writes_down_what_it_saw(function: Callable[..., Any]) -> None:
    arguments = list(inspect.signature(function).parameters)
    assert "check" in arguments
    assert len(SUBJECTS & set(arguments)) <= 1
    source = inspect.getsource(function)
    assert any(name in source for name in ("expect(", "alike(", "_authoritative(", "_holds("))


def expectations() -> Iterator[ParameterSet]:
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "expect":
                yield pytest.param(node, id=f"{path.name}:{node.lineno}")


@pytest.mark.parametrize("call", list(expectations()))
def test_every_expectation_says_what_may_be_behind_it_and_what_to_do(call: ast.Call) -> None:
    always = isinstance(call.args[0], ast.Constant) and call.args[0].value is True
    assert always or {"cause", "remedy"} <= {keyword.arg for keyword in call.keywords}


@pytest.mark.parametrize("name", ["2011", "today"])
def test_what_a_check_stands_on_is_a_service_of_the_manuals_that_has_a_check_of_its_own(name: str) -> None:
    marks = [mark for check in ALL for mark in getattr(check.values[0], "pytestmark", []) if mark.name == "stands_on"]
    site, folder = pair(name)[1], {"2011": FOLDER.parent, "today": PROFILES / "today"}[name]
    running = set(tomllib.loads((folder / "manual.toml").read_text())["running"]["production"])
    kinds = {kind for mark in marks for kind in mark.args}
    assert kinds
    assert all(names_of(site, kind) for kind in kinds)
    assert {service for kind in kinds for service in names_of(site, kind)} <= running

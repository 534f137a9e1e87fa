"""What goes wrong while hosts.ini and site.toml are loaded is told with a next step."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from irekae.model.errors import SwapError
from irekae.site.inventory import Inventory
from irekae.site.site import load_site

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (("IREKAE_INVENTORY",), "set IREKAE_SITE too"),
        (("IREKAE_SITE",), "set IREKAE_INVENTORY too"),
        (("IREKAE_INVENTORY", "IREKAE_SITE"), "both must be of one pair"),
        ((), "both must be of one pair"),
    ],
)
def test_files_of_two_pairs_are_told_as_such(
    inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], hint: str
) -> None:
    (tmp_path / "site.toml").write_text((PROJECT / "site.toml").read_text().replace("{ika}", "{mars}"))
    for name in ("IREKAE_INVENTORY", "IREKAE_SITE"):
        monkeypatch.delenv(name, raising=False)
    for name in given:
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(SwapError, match="unknown placeholder") as raised:
        load_site(inventory, tmp_path / "site.toml")
    assert hint in raised.value.hint


def without_hint(source: str) -> list[str]:
    """The errors for an operator that name no next step."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    errors = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("wrong_use", "SwapError")]
    return [ast.unparse(one) for one in errors if len(one.args) < 3 and "hint" not in [key.arg for key in one.keywords]]


@pytest.mark.parametrize("path", sorted((PROJECT / "irekae/site").glob("*.py")), ids=lambda path: path.name)
def test_every_error_of_loading_has_a_next_step(path: Path) -> None:
    assert without_hint(path.read_text()) == []


def test_an_error_without_a_next_step_is_found() -> None:
    assert without_hint("wrong_use('a', 'b')\nwrong_use('a', hint='b')\nSwapError('a', 'b', 'c')") == [
        "wrong_use('a', 'b')"
    ]

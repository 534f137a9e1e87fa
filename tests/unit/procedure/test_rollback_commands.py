"""An undo that is a command bears being done twice: an attempt may die between it and its line."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from irekae.host.back import Back
from irekae.host.host import Host
from irekae.model.items import Item, On
from irekae.procedure import rollback
from irekae.subjects.network.address_guard import no_folder
from irekae.swap.swap import Swap
from tests.driver import PROJECT
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


@pytest.mark.parametrize(("there", "ran"), [(0, []), (1, [["undo"]])])
def test_what_is_there_already_is_not_brought_again(swap: Swap, ika: FarEnd, there: int, ran: list[list[str]]) -> None:
    def act(host: Host, swap: Swap) -> None:
        host.run("do", undo=Back(["undo"], ["is", "undone"]))

    declare("1.1", P, act)
    do(swap, "1.1")
    ika.ran.clear()
    ika.commands = lambda argv, stdin: (there, "")
    if ran:  # the undo itself succeeds
        ika.commands = lambda argv, stdin: (int(argv[0] == "is"), "")
    rollback.rollback(swap, 1)
    assert ika.ran == [["is", "undone"], *ran]


def _once(argv: Sequence[str], where: Path) -> int:
    env = {"PATH": f"{where}:/usr/bin:/bin", "HOME": str(where)}
    return subprocess.run(argv, env=env, stderr=subprocess.DEVNULL, check=False).returncode


def _back(back: Back, where: Path) -> None:
    """As rollback does."""
    if _once(back.there, where) != 0:
        assert _once(back.argv, where) == 0


def test_a_folder_of_ours_goes_once(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    for _ in range(2):
        _back(no_folder(str(folder)), tmp_path)
        assert not folder.exists()


def _literals() -> Iterator[tuple[str, ast.Dict]]:
    for path in sorted([*Path(PROJECT, "irekae").rglob("*.py"), *Path(PROJECT, "tasks").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                yield str(path.relative_to(PROJECT)), node


def test_no_undo_by_a_command_is_written_but_as_one_that_bears_it() -> None:
    found = {
        path
        for path, node in _literals()
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "kind"
        if isinstance(value, ast.Constant) and value.value == "run"
    }
    assert found == {"irekae/host/back.py"}

"""What the far end tells of a tool that failed, and how long it lets statements be."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from irekae.subjects.databases.far import program
from irekae.subjects.databases.far.base import told
from irekae.subjects.databases.far.engine import Engine
from irekae.subjects.databases.far.keeping import LONGEST_STATEMENT, widened


class Small(Engine):
    """A server that takes statements of 16 MiB."""

    def __init__(self, packet: int = 16 << 20) -> None:
        super().__init__({"socket": "/run/x.sock", "port": 0, "cluster": ""})
        self.now = packet

    def packet(self, wanted: int = 0) -> int:
        self.now = wanted or self.now
        return self.now


@pytest.mark.parametrize(
    "said",
    [
        "mysqldump: Couldn't execute 'SHOW FIELDS FROM `v`': View 'v' references invalid",
        "some warning\nmysqldump: Got packet bigger than 'max_allowed_packet' bytes\n",
    ],
)
def test_a_tool_that_fails_is_told_at_least_by_its_last_line(said: str) -> None:
    assert told(said.encode()) == said.strip().splitlines()[-1]


def test_what_a_tool_quotes_of_a_row_is_told_in_no_line() -> None:
    assert told(b"at\nDuplicate entry 'secret' for key 1") == "Duplicate entry …"
    assert told(b"") == ""


def failing(engine: Engine, folder: Path) -> None:
    with widened(engine, str(folder)):
        assert engine.packet() == LONGEST_STATEMENT
        raise RuntimeError


def test_statements_may_be_longer_while_something_is_restored_and_not_any_more(tmp_path: Path) -> None:
    engine = Small()
    with pytest.raises(RuntimeError):
        failing(engine, tmp_path)
    assert engine.now == 16 << 20
    assert list(tmp_path.iterdir()) == []


def test_what_one_that_was_killed_has_left_is_given_back_by_the_next_one(tmp_path: Path) -> None:
    with widened(Small(), str(tmp_path)):
        (note,) = tmp_path.iterdir()
        text = note.read_text()
    note.write_text(text)
    engine = Small(LONGEST_STATEMENT)
    with widened(engine, str(tmp_path)):
        assert engine.now == LONGEST_STATEMENT
    assert engine.now == 16 << 20


def test_a_server_without_a_limit_is_left_alone(tmp_path: Path) -> None:
    for packet in (0, LONGEST_STATEMENT):
        engine = Small(packet)
        with widened(engine, str(tmp_path)):
            assert list(tmp_path.iterdir()) == []
        assert engine.now == packet


def test_no_two_modules_of_the_far_end_give_another_thing_the_same_name() -> None:
    """They are joined to one program, where the later one would count."""
    names = []
    for node in ast.parse(program()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        names += [getattr(one, "id", getattr(one, "name", "")) for one in targets]
    assert [name for name, count in Counter(filter(None, names)).items() if count > 1] == []

"""What a look at a server asks of it: no more than what it is looked at for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.databases import Database
from irekae.subjects.databases import far_end
from irekae.subjects.databases.far.mariadb import MariaDb
from irekae.subjects.databases.far.mariadb_words import text_of
from irekae.swap.swap import Swap

WHO, READERS = "`wiki`@`localhost`", "`readers`"
PAGE = f"SELECT {text_of('wiki')}, {text_of('page')}"


class Told(MariaDb):
    """A server with a table that has a value with more digits than a dump tells."""

    def __init__(self, data: Path) -> None:
        super().__init__({"socket": "", "port": 0, "cluster": ""})
        self.asked: list[str] = []
        self.settings = {"version": "10.11.6-MariaDB", "datadir": str(data), "max_allowed_packet": "16777216"}

    def rows(self, *statements: str) -> list[list[str]]:
        self.asked += statements
        return [row for statement in statements for row in self._answer(statement)]

    def _answer(self, statement: str) -> list[list[str]]:
        answers = {
            "SHOW GLOBAL VARIABLES": [[*one] for one in {**self.settings, "lower_case_table_names": "0"}.items()],
            "SELECT user, host, is_role": [
                ["wiki", "localhost", "N"],
                ["root", "localhost", "N"],
                ["readers", "", "Y"],
            ],
            f"SELECT 'of', {text_of(WHO)}": [["of", WHO]],
            f"SELECT 'of', {text_of(READERS)}": [["of", READERS]],
            "SHOW CREATE USER": [[f"CREATE USER {WHO}"]],
            f"SELECT {text_of(f'CREATE ROLE {READERS}')}": [[f"CREATE ROLE {READERS}"]],
            "SHOW GRANTS FOR `wiki`": [[f"GRANT SELECT ON `wiki`.`page` TO {WHO}"]],
            "SELECT schema_name, default": [["wiki", "utf8mb4_general_ci"]],
            "SELECT table_schema, table_name, table_type": [["wiki", "page", "BASE TABLE", "InnoDB", "", "16384"]],
            "SELECT c.table_schema, c.table_name, c.column_name": [["wiki", "page", "near"]],
            f"{PAGE} FROM (": [["wiki", "page"]],
            f"{PAGE}, EXISTS": [["wiki", "page", "1"]],
        }
        return next((rows for words, rows in answers.items() if statement.startswith(words)), [])


def test_the_names_of_accounts_are_told_without_a_look_at_what_their_rights_are_on(tmp_path: Path) -> None:
    server = Told(tmp_path)
    assert server.look(dumped=True)["accounts"] == sorted([WHO, READERS])
    assert not [asked for asked in server.asked if "information_schema.routines" in asked]
    assert sorted(server.accounts()) == sorted([WHO, READERS])
    assert [asked for asked in server.asked if "information_schema.routines" in asked]


@pytest.mark.parametrize(
    ("dumped", "lost"), [(True, ["digits of FLOAT in the table page, behind the sixth"]), (False, [])]
)
def test_rows_are_gone_through_for_a_dump_alone(tmp_path: Path, dumped: bool, lost: list[str]) -> None:
    server = Told(tmp_path)
    assert server.look(dumped=dumped)["databases"]["wiki"]["lost"] == lost
    assert any(asked.startswith(f"{PAGE} FROM (") for asked in server.asked) == dumped


@pytest.mark.parametrize("by", ["dump", "files"])
@pytest.mark.parametrize("last", [False, True])
def test_only_what_is_dumped_is_looked_at_for_that(swap: Swap, monkeypatch: Any, by: Any, last: bool) -> None:
    said: list[bool] = []
    monkeypatch.setattr(far_end, "inquire", lambda *_, by, dumped: said.append(dumped))
    pair, entry = swap.for_pair(find_item("3.6")), replace(Database("mariadb", "mariadb"), by=by)
    for host in (pair.production, pair.standby):
        far_end.look(host, pair, entry, last)
    assert said == [by == "dump" and not last, False]

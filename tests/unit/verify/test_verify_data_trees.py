"""The look at data trees: what 4.1 has written down is found again, and each kind of damage is seen."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from irekae.host.agent.data_trees import op_sample
from verify import test_trees
from verify.far import data_trees

AT = 1_000_000.0
OLD = int((AT - 1000) * 1e9)  # nanoseconds


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "srv"
    for name in ("www/page", "www/deep/er", "mail/1", "local/own", ".irekae-replaced/x"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(name)
    still(top)
    return top


def still(top: Path) -> None:
    """As if nothing had been touched for long."""
    for folder, _, files in os.walk(top, topdown=False):
        for name in [*files, "."]:
            os.utime(Path(folder, name), ns=(OLD, OLD))


def record(top: Path) -> dict[str, Any]:
    return {**op_sample(str(top), ["/local", "/.irekae-replaced"]), "at": AT}


def seen(top: Path, was: dict[str, Any] | None) -> dict[str, Any]:
    return data_trees.look(str(top), ["/local"], was)


def test_what_was_written_down_is_found_again(tree: Path) -> None:
    was = json.loads(json.dumps(record(tree)))
    found = seen(tree, was)
    assert (found["files"], found["recorded"], found["looked_at"]) == (3, 3, 3)
    assert (found["gone"], found["other"], found["used"], found["strangers"]) == ([], [], 0, [])


def change(top: Path, text: str) -> None:
    (top / "www/page").write_text(text)


def rights(top: Path) -> None:
    (top / "mail/1").chmod(0o777)


def rights_of_folder(top: Path) -> None:
    (top / "www/deep").chmod(0o700)


def rights_of_top(top: Path) -> None:
    top.chmod(0o700)


def lose_folder(top: Path) -> None:
    shutil.rmtree(top / "www/deep")


def lose(top: Path) -> None:
    (top / "mail/1").unlink()


def lose_many(top: Path) -> None:
    shutil.rmtree(top / "www")


@pytest.mark.parametrize(
    ("damage", "kind", "told"),
    [
        (partial(change, text="www/pagf"), "other", "www/page: other contents of the same size and time"),
        (partial(change, text="more than before"), "other", "www/page: 16 bytes of an older time, was 8"),
        (rights, "rights", "mail/1: 0777"),
        (rights_of_folder, "rights", "www/deep: 0700"),
        (rights_of_top, "rights", ".: 0700"),
        (lose_folder, "gone", "www/deep"),
        (lose, "gone", "mail/1"),
        (lose_many, "gone", "www/deep/er"),
    ],
)
def test_damage_is_seen(tree: Path, damage: Callable[[Path], None], kind: str, told: str) -> None:
    was = record(tree)
    damage(tree)
    still(tree)
    assert any(line.startswith(told) for line in seen(tree, was)[kind])


def test_what_is_used_since_is_no_damage(tree: Path) -> None:
    was = record(tree)
    (tree / "www/page").write_text("edited")
    (tree / "mail/1").unlink()
    found = seen(tree, was)
    assert (found["gone"], found["other"], found["used"]) == ([], [], 2)


def test_a_folder_of_the_tree_that_was_removed_is_told_and_a_person_may_know_why(tree: Path) -> None:
    was = record(tree)
    lose_many(tree)
    found = seen(tree, was)
    assert ("www" in found["removed"], "www" in found["gone"]) == (True, False)
    assert [one.title for one in test_trees._changed("/srv", ["www"], [])] == ["folder of /srv www"]


def test_a_file_that_was_emptied_is_told_and_a_log_is_not(tree: Path) -> None:
    (tree / "www/app.log").write_text("lines")
    was = record(tree)
    for name in ("www/page", "www/app.log"):
        os.truncate(tree / name, 0)
    found = seen(tree, was)
    assert found["emptied"] == ["www/page (8 bytes were copied)"]
    [told] = test_trees._changed("/srv", [], found["emptied"])
    assert told.title == "file below /srv www/page (8 bytes were copied)"


def test_a_record_of_an_earlier_release_has_no_folders(tree: Path) -> None:
    was = record(tree)
    del was["folders"]
    assert (seen(tree, was)["other"], seen(tree, was)["gone"]) == ([], [])


def test_a_folder_that_was_removed_by_use_is_no_damage(tree: Path) -> None:
    was = record(tree)
    shutil.rmtree(tree / "www/deep")
    assert seen(tree, was)["gone"] == []


def test_owners_without_a_name_are_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_trees, "owner", lambda number: "")
    assert len(seen(tree, None)["strangers"]) == 6
    assert seen(tree, None)["recorded"] is None


def test_numbers_that_had_no_name_before_need_none(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = record(tree) | {"users": [os.getuid()]}
    monkeypatch.setattr(data_trees, "owner", lambda number: "")
    assert seen(tree, was)["strangers"] == []
    assert seen(tree, was | {"users": [os.getuid() + 1]})["strangers"] != []


def test_no_link_is_followed_and_no_tree_is_no_tree(tree: Path, tmp_path: Path) -> None:
    (tree / "www/out").symlink_to(tmp_path)
    assert seen(tree, None)["files"] == 3
    assert seen(tmp_path / "none", None)["there"] is False
    assert (
        data_trees.main({"trees": [{"path": str(tree), "excludes": []}], "record": str(tmp_path / "none")})[str(tree)][
            "files"
        ]
        == 4
    )

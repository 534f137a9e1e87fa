"""The check of the mail system's tables reads them by itself, and tells what is not the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from verify.far import mail_tables
from verify.test_mail_tables import differs, is_digest

DIGEST = "a" * 64


def test_postfix_names_its_tables_and_what_they_include(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"aliases": f"team: :include:{tmp_path}/team\n", "team": "alice\n", "cache": "", "x": ""}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/cache").touch()
    shown = (
        f"alias_maps = hash:{tmp_path}/aliases, nis:x\nchecks = {{regexp:{tmp_path}/x}} regexp:{{{{/a/ b}}}}\n"
        f"cache = btree:{tmp_path}/own/cache proxy:hash:{tmp_path}/gone\n"
    )
    monkeypatch.setattr(mail_tables, "said", lambda *argv: f"{tmp_path}/own" if "-xh" in argv else shown)
    assert mail_tables.named("postfix", "/etc/postfix") == [
        f":{tmp_path}/team", f"hash:{tmp_path}/aliases", f"regexp:{tmp_path}/x",
    ]  # fmt: skip


def test_exim_names_what_it_searches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("aliases", "exim.key", "list"):
        (tmp_path / name).touch()
    shown = f"x = ${{lookup{{a}}lsearch*@{{{tmp_path}/aliases}}}} ${{if exists{{{tmp_path}/exim.key}}}}\n"
    monkeypatch.setattr(mail_tables, "said", lambda *argv: f"{shown}hosts = wildlsearch;{tmp_path}/list : x\n")
    assert mail_tables.named("exim4", "/etc/exim4") == [f":{tmp_path}/aliases", f":{tmp_path}/list"]


def test_a_table_is_read_and_what_is_wrong_with_it_told(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a b\n")
    found = mail_tables.look(f"texthash:{tmp_path}/list", "salt")
    assert found["sha256"] == hashlib.sha256(b"a b\n").hexdigest()
    assert found["rows"] == ""
    assert mail_tables.look(f":{tmp_path}/none", "salt") == {"error": "No such file or directory"}
    assert mail_tables.look(f":{tmp_path}", "salt")["error"]


@pytest.mark.timeout(30)
def test_a_pipe_in_the_place_of_a_list_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list")
    assert mail_tables.look(f":{tmp_path}/list", "salt") == {"error": "no plain file"}
    assert mail_tables.text(f"{tmp_path}/list") == ""


def test_a_mail_system_that_does_not_say_its_tables_is_no_mail_system_without_any() -> None:
    with pytest.raises(subprocess.SubprocessError):
        mail_tables.said("sh", "-c", "exit 75")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, ""),
        ({"sha256": "b"}, "other contents"),
        ({"rows": "b" * 64}, "compiled of other contents"),
        ({"rows": "no such file"}, "compiled of other contents"),
        ({"owner": "x:x 0600"}, "root:root 0644, there x:x 0600"),
        ({"error": "No such file or directory"}, "No such file or directory"),
    ],
)
def test_what_differs_is_told(other: dict[str, str], said: str) -> None:
    one = {"sha256": "a", "owner": "root:root 0644", "rows": DIGEST}
    assert differs(one, {**one, **other}) == said


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ("a: b\nc: d\n", "a: b\n", ""),
        ("# note\nc: d\n\na: b\n", "a: b\n", ""),
        ("a: b\n", "a: b\nc: d\n", "other contents"),
        ("a: x\nc: d\n", "a: b\n", "other contents"),
        ("a: x\n", "# nothing yet\n", "other contents"),
    ],
)
def test_what_production_alone_has_since_is_no_difference(tmp_path: Path, here: str, there: str, said: str) -> None:
    found = []
    for text in (here, there):
        (tmp_path / "list").write_text(text)
        found.append({**mail_tables.look(f":{tmp_path}/list", "salt"), "of_people": True})
    assert differs(*found) == said
    assert differs({**found[0], "of_people": False}, found[1]) == "other contents", "a route is no alias"


def test_who_gets_mail_stands_in_tables_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"alias_maps": "hash:/etc/aliases, nis:x", "virtual_alias_maps": "proxy:hash:/etc/postfix/lists"}
    monkeypatch.setattr(mail_tables, "said", lambda *argv: "\n".join(said.get(name, "") for name in argv))
    names = [":/etc/team", "hash:/etc/aliases", "hash:/etc/postfix/lists", "hash:/etc/postfix/transport"]
    assert mail_tables.of_people("postfix", "/etc/postfix", names) == set(names[:3])
    assert mail_tables.of_people("exim4", "/etc/exim4", [":/etc/aliases", ":/etc/relay"]) == {":/etc/aliases"}


def test_a_line_more_in_a_table_that_is_read_in_its_order_is_a_difference(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("/a/ b\n")
    before = {**mail_tables.look(f"regexp:{tmp_path}/list", "salt"), "of_people": True}
    (tmp_path / "list").write_text("/./ x\n/a/ b\n")
    after = {**mail_tables.look(f"regexp:{tmp_path}/list", "salt"), "of_people": True}
    assert differs(after, before) == "other contents"


@pytest.mark.parametrize(("rows", "said"), [(["a", "c"], ""), (["a"], ""), (["c"], "compiled of other contents")])
def test_of_a_table_that_has_more_the_rows_have_all_of_the_other_s(rows: list[str], said: str) -> None:
    there = {"sha256": "a", "owner": "root:root 0644", "rows": DIGEST, "each": [["1"], ["a"]], "of_people": True}
    here = {**there, "sha256": "b", "rows": DIGEST if rows == ["a"] else "b" * 64, "each": [["1", "2"], rows]}
    assert differs(here, there) == said


def test_a_digest_is_no_word() -> None:
    assert is_digest(DIGEST)
    assert not is_digest("postmap: fatal: open database /etc/x.db: No such file or directory".ljust(64, "x")[:64])

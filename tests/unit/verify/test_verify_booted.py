"""What 8.1 keeps of a boot, and what 0.3 has looked at ahead."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from verify.far import booted, trees
from verify.far.trees import Scan


def test_what_was_looked_at_ahead_is_read_again_at_the_boot_only_where_it_has_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "hosts").write_text("127.0.0.1\n")
    monkeypatch.setattr(trees, "TREES", (str(etc),))
    (etc / "program").write_bytes(b"x" * 100)
    (etc / "other").write_bytes(b"y" * 50)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(trees, "CONFIGURATION", re.compile(r".*/hosts"))
    stands = {"await_the_end": lambda *_: [], "places": lambda *_: ({}, False), "daemons": list, "sockets": list}
    for name, stand_in in {**stands, "system": dict, "kernel": dict, "units": dict}.items():
        monkeypatch.setattr(booted, name, stand_in)
    state = str(tmp_path / "state")
    ahead = booted.main({"ahead": True, "state": state, "by_itself": []})
    assert ahead["bytes"] >= 150
    (etc / "other").write_bytes(b"z" * 50)
    request = {"keep": True, "state": state, "by_itself": [], "daemons": [], "ours": [], "deadline": 1}
    assert booted.main(request)["bytes"] == 50
    assert not (tmp_path / "state" / booted.AHEAD).exists()
    record = booted.read(state)
    assert record
    whole = Scan([]).whole().found
    assert {path: entry[trees.CONTENT] for path, entry in record["found"].items()} == {
        path: entry[trees.CONTENT] for path, entry in whole.items()
    }


def test_a_subject_that_the_record_does_not_have_is_no_difference() -> None:
    now = {"route": ["default via 192.0.2.1"], "swap": ["/dev/sda2 partition"]}
    assert booted.compared({"route": ["default via 192.0.2.2"]}, now) == {
        "route": {"gone": ["default via 192.0.2.2"], "new": ["default via 192.0.2.1"]}
    }

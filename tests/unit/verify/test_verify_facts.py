"""What a host says of itself: an answer that has not come is none."""

from __future__ import annotations

import pytest

from verify.evidence import start
from verify.facts import Facts
from verify.far.ask import NOT_ENDED, command
from verify.finding import Silent


def facts(status: int) -> Facts:
    raw = {"commands": {"units": {"out": "", "err": "", "status": status, "took": 0.0}}}
    return Facts("mars", raw, start(), 0.0, 0.0, 0.0, {"units": ["systemctl", "show"]})


def test_a_command_that_has_not_ended_in_time_says_nothing_about_the_host() -> None:
    assert facts(0).out("units") == ""
    with pytest.raises(Silent) as raised:
        facts(NOT_ENDED).out("units")
    assert raised.value.whole == "systemctl show on mars"
    assert "has not ended after" in raised.value.found


def test_a_command_is_not_waited_for_without_end() -> None:
    assert command({"argv": ["sleep", "60"], "timeout": 0})["status"] == NOT_ENDED
    assert command({"argv": ["true"]})["status"] == 0


def test_a_folder_that_is_not_there_is_read_and_one_that_cannot_be_is_not() -> None:
    raw = {
        "folders": {"/a": {"entries": {}}, "/b": {"error": "No such file or directory"}, "/c": {"error": "I/O error"}}
    }
    facts = Facts("ika", raw, start(), 0.0, 0.0, 0.0, {})
    assert [facts.unread(path) for path in ("/a", "/b", "/c", "/d")] == ["", "", "I/O error", ""]

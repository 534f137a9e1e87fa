"""What the suite keeps of a boot, as 8.1 asks for it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any, Self
from unittest.mock import MagicMock

import pytest

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import On
from irekae.proof import boot_record
from irekae.swap.swap import Swap
from tests.unit.small_procedure import declare
from verify import boot_record as suite

KEPT = {"paths": 3, "bytes": 5, "undigested": 0, "more": False, "missing": [], "late": [], "boot_id": "x"}


@pytest.fixture
def ika(items: Any, swap: Swap) -> Host:
    return swap.host(declare("8.1", On.BOTH, lambda host, swap: None), On.PRODUCTION)


def answers(monkeypatch: pytest.MonkeyPatch, said: str, status: int = 0) -> list[list[str]]:
    """The suite's own process: what it says once it is told that the host has booted."""
    asked: list[list[str]] = []

    class Eyes:
        returncode: int | None = None

        def __init__(self, argv: list[str], **_: Any) -> None:
            asked.append(argv)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            asked.append(["closed"])

        def communicate(self, word: bytes, timeout: float) -> tuple[bytes, bytes]:
            assert word == b"now\n"
            self.returncode = status
            return said.encode(), b"" if status == 0 else b"ika cannot be asked"

        def poll(self) -> int | None:
            return self.returncode

        def kill(self) -> None:
            asked.append(["killed"])

    monkeypatch.setattr(subprocess, "Popen", Eyes)
    return asked


def keep(host: Host, swap: Swap) -> None:
    with boot_record.keeping_boot_record(host, swap) as kept:
        kept()


def test_the_suite_keeps_it_by_its_own_eyes_and_says_what_the_boot_did_not_start(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, json.dumps({ika.name: {**KEPT, "missing": ["named"], "late": ["/etc/x\x1b[2J"]}}))
    keep(ika, swap)
    assert asked[0][1:] == ["-m", "verify.boot_record", f"--hosts={ika.name}", "--when-told"]
    assert asked[1:] == [["closed"]]
    assert "not started by the boot: named" in ika.record.notes
    assert not any("\x1b" in note for note in ika.record.notes)


def test_a_host_that_does_not_boot_is_not_looked_at(ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "")
    with pytest.raises(SwapError, match="not back"), boot_record.keeping_boot_record(ika, swap):
        raise SwapError("not back")
    assert asked[1:] == [["killed"], ["closed"]]


def test_the_suite_s_eyes_see_nothing_when_whoever_opened_them_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    look = MagicMock(return_value={})
    monkeypatch.setattr(suite, "asked", look)
    monkeypatch.setattr(sys, "argv", ["x", "--hosts=ika", "--when-told"])
    for name in ("load_inventory", "load_declared", "load_credentials", "select", "World"):
        monkeypatch.setattr(suite, name, MagicMock())
    for line, times in (("", 0), ("now\n", 1)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(line))
        assert suite.main() == 0
        assert look.call_count == times


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"ika": {"paths": -1}}', '{"ika": {"paths": "many"}}'])
def test_what_is_no_answer_of_ours_leaves_the_item_unfinished(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    answers(monkeypatch, said)
    with pytest.raises(SwapError, match="could not be kept") as raised:
        keep(ika, swap)
    assert raised.value.status is Status.INCOMPLETE


def test_a_host_that_cannot_be_asked_leaves_the_item_unfinished(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, "", 1)
    with pytest.raises(SwapError, match="could not be kept") as raised:
        keep(ika, swap)
    assert "ika cannot be asked" in raised.value.detail


def test_a_plan_keeps_nothing(ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "")
    keep(ika, swap.as_plan())
    assert asked == []

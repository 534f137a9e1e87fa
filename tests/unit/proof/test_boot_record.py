"""What the suite keeps of a boot, as 8.1 asks for it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import On
from irekae.proof import boot_record
from irekae.swap.swap import Swap
from tests.unit.small_procedure import declare

KEPT = {"paths": 3, "bytes": 5, "undigested": 0, "more": False, "missing": [], "late": [], "boot_id": "x"}


@pytest.fixture
def ika(items: Any, swap: Swap) -> Host:
    return swap.host(declare("8.1", On.BOTH, lambda host, swap: None), On.PRODUCTION)


def answers(monkeypatch: pytest.MonkeyPatch, said: str, status: int = 0) -> list[list[str]]:
    asked: list[list[str]] = []

    def run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(argv)
        return subprocess.CompletedProcess(argv, status, said.encode(), b"" if status == 0 else b"ika cannot be asked")

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_the_suite_keeps_it_by_its_own_eyes_and_says_what_the_boot_did_not_start(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, json.dumps({ika.name: {**KEPT, "missing": ["named"], "late": ["/etc/x\x1b[2J"]}}))
    boot_record.keep_boot_record(ika, swap)
    assert asked[0][1:] == ["-m", "verify.boot_record", f"--hosts={ika.name}"]
    assert "not started by the boot: named" in ika.record.notes
    assert not any("\x1b" in note for note in ika.record.notes)


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"ika": {"paths": -1}}', '{"ika": {"paths": "many"}}'])
def test_what_is_no_answer_of_ours_leaves_the_item_unfinished(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    answers(monkeypatch, said)
    with pytest.raises(SwapError, match="could not be kept") as raised:
        boot_record.keep_boot_record(ika, swap)
    assert raised.value.status is Status.INCOMPLETE


def test_a_host_that_cannot_be_asked_leaves_the_item_unfinished(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, "", 1)
    with pytest.raises(SwapError, match="could not be kept") as raised:
        boot_record.keep_boot_record(ika, swap)
    assert "ika cannot be asked" in raised.value.detail


def test_a_plan_keeps_nothing(ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, "")
    boot_record.keep_boot_record(ika, swap.as_plan())
    assert asked == []


def test_both_hosts_are_looked_at_ahead_and_nothing_depends_on_it(
    ika: Host, swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = {key: KEPT[key] for key in ("paths", "bytes", "undigested", "more")}
    asked = answers(monkeypatch, json.dumps({"ika": {**looked, "bytes": 5_000_000}, "tako": looked}))
    assert boot_record.look_ahead(swap) == "what will boot was looked at ahead: ika 5 MB, tako 0 MB"
    assert asked[0][1:] == ["-m", "verify.boot_record", "--hosts=ika,tako", "--ahead"]
    answers(monkeypatch, "", 1)
    assert boot_record.look_ahead(swap).endswith("so that 8.1 takes longer: ika cannot be asked")

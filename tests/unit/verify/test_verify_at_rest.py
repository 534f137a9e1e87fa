"""A process that is stopped or frozen lives and serves nobody: the suite and the survey see it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irekae.host.agent import processes as agent
from irekae.host.agent import seen_programs
from verify.awake import expect_awake
from verify.evidence import start
from verify.facts import Facts
from verify.far import ask, at_rest
from verify.finding import Finding
from verify.parsing import processes
from verify.record import Record

CRON = "7 1 0 Ss cron /usr/sbin/cron -f"


def facts(pid: str, word: str) -> Facts:
    said = {"ps": {"out": CRON, "err": "", "status": 0, "took": 0.0}}
    return Facts("ika", {"commands": said, "at_rest": {pid: word}}, start(), 0.0, 0.0, 0.0, {})


@pytest.fixture
def child() -> Iterator[int]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process.pid
        process.kill()


def test_a_stopped_process_is_told_and_one_that_goes_on_is_not(child: int) -> None:
    assert at_rest.at_rest(child) == agent.at_rest(child, agent.fields_of(child)) == ""
    os.kill(child, signal.SIGSTOP)
    os.waitid(os.P_PID, child, os.WSTOPPED | os.WNOWAIT)
    assert at_rest.at_rest(child) == agent.at_rest(child, agent.fields_of(child)) == "stopped"
    assert ask.resting()[str(child)] == "stopped"
    os.kill(child, signal.SIGCONT)
    os.waitid(os.P_PID, child, os.WCONTINUED | os.WNOWAIT)
    assert at_rest.at_rest(child) == ""


def test_one_that_has_ended_meanwhile_is_none() -> None:
    assert at_rest.at_rest(2**22 + 1) == ""


@pytest.mark.parametrize(("events", "frozen"), [("populated 1\nfrozen 1\n", True), ("populated 1\nfrozen 0\n", False)])
def test_what_is_frozen_with_its_group_is_told_by_the_group(
    events: str, frozen: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "system.slice" / "cron.service"
    group.mkdir(parents=True)
    (group / "cgroup.events").write_text(events)
    monkeypatch.setattr(at_rest, "GROUPS", (str(tmp_path),))
    assert at_rest.group_of("1:name=systemd:/x\n0::/system.slice/cron.service\n") == "/system.slice/cron.service"
    assert at_rest.is_frozen("/system.slice/cron.service") is frozen
    assert not at_rest.is_frozen(""), "an old kernel has no such groups"
    assert not at_rest.is_frozen("/../elsewhere")


HYBRID = "7:freezer:/docker/x\n3:cpu,cpuacct:/\n1:name=systemd:/system.slice/x.service\n0::/system.slice/x.service\n"


@pytest.mark.parametrize(
    ("groups", "file", "says", "word"),
    [
        ("0::/a/x.service\n", "a/x.service/cgroup.events", "populated 1\nfrozen 1\n", "frozen"),
        ("0::/a/x.service\n", "a/x.service/cgroup.events", "populated 1\nfrozen 0\n", ""),
        (HYBRID, "unified/system.slice/x.service/cgroup.events", "populated 1\nfrozen 1\n", "frozen"),
        (HYBRID, "unified/system.slice/x.service/cgroup.events", "populated 1\n", ""),
        (HYBRID, "freezer/docker/x/freezer.state", "FROZEN\n", "frozen"),
        (HYBRID, "freezer/docker/x/freezer.state", "THAWED\n", ""),
        ("7:freezer:/\n1:name=systemd:/\n", "freezer/tasks", "1\n", ""),
    ],
)
def test_the_agent_and_the_suite_see_what_is_frozen_wherever_its_groups_are(
    groups: str, file: str, says: str, word: str, child: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(says)
    (tmp_path / "groups").write_text(groups)

    def opened(path: str | bytes, *rest: Any, **more: Any) -> Any:
        there = os.fsdecode(path).replace("/sys/fs/cgroup", str(tmp_path))
        return Path(f"{tmp_path}/groups" if there == f"/proc/{child}/cgroup" else there).open(*rest, **more)

    for module in (agent, at_rest):
        monkeypatch.setattr(module, "open", opened, raising=False)
    assert at_rest.at_rest(child) == agent.at_rest(child, agent.fields_of(child)) == word


def test_what_a_group_or_one_above_it_may_use_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = tmp_path / "system.slice" / "cron.service"
    group.mkdir(parents=True)
    (group / "cpu.max").write_text("1000 100000\n")
    (group.parent / "memory.max").write_text("max\n")
    monkeypatch.setattr(at_rest, "GROUPS", (str(tmp_path),))
    told = {"system.slice/cron.service cpu.max": "1000 100000", "system.slice memory.max": "max"}
    assert at_rest.narrowed("/system.slice/cron.service", {}) == told
    assert at_rest.narrowed("", {}) == at_rest.narrowed("/../x", {}) == {}


def test_the_survey_tells_a_daemon_that_is_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_programs, "fields_of", lambda pid: [b"cron", b"S", b"1", *[b"0"] * 20])
    monkeypatch.setattr(seen_programs, "real_user", lambda pid: 0)
    for word, told in (("", "runs"), ("frozen", "does not run: frozen")):
        monkeypatch.setattr(seen_programs, "at_rest", lambda pid, fields, word=word: word)
        assert seen_programs.op_seen_daemons([], 1000, 60000)["daemon"] == {"cron as root": told}


@pytest.mark.parametrize("word", ["stopped", "frozen"])
def test_a_service_whose_process_is_at_rest_does_not_run(word: str) -> None:
    running, check = processes(CRON), Record("9.1", "ika", "The service runs", "")
    expect_awake(facts("9", word), running, check)
    with pytest.raises(Finding, match=word):
        expect_awake(facts("7", word), running, check)

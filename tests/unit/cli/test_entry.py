"""Where a command begins and ends: exit statuses, -H, --dry, Ctrl-C, bugs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from irekae.cli import entry as edge_module
from irekae.cli.entry import edge, learn_hosts, named_hosts, plan_asked
from irekae.model.errors import Bug, Status, SwapError, wrong_use
from tests.unit.cli.typed import fab


class Left(Exception):
    """Instead of ending the process."""


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Status]]:
    statuses: list[Status] = []

    def leave(status: Status) -> NoReturn:
        statuses.append(status)
        raise Left

    monkeypatch.setattr(edge_module, "_leave", leave)
    monkeypatch.setattr(edge_module, "_hosts", [])
    before = signal.getsignal(signal.SIGINT)
    yield statuses
    signal.signal(signal.SIGINT, before)


def context(host: str | None = None, dry: bool = False) -> Any:
    found = SimpleNamespace(config=SimpleNamespace(run=SimpleNamespace(dry=dry)))
    if host is not None:
        found.original_host = host
    return found


def raising(error: BaseException) -> Callable[..., None]:
    def command(c: Any) -> None:
        """What it does."""
        raise error

    return edge(command)


@pytest.mark.parametrize("status", list(Status))
def test_an_operators_error_is_printed_once_with_its_status(status: Status, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        raising(SwapError("what", "detail one\ndetail two", "the next step", status))(context())
    assert raised.value.code == int(status)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "irekae: what\n  detail one\n  detail two\n  next: the next step\n"


def test_statuses_are_the_documented_ones() -> None:
    assert [(status.name, int(status)) for status in Status] == [
        ("DONE", 0),
        ("FAILED", 1),
        ("WRONG_USE", 2),
        ("REFUSED", 3),
        ("INCOMPLETE", 4),
    ]
    assert wrong_use("x").status is Status.WRONG_USE


def test_a_bug_is_shown_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        raising(KeyError("x"))(context())
    assert raised.value.code == 1
    err = capsys.readouterr().err
    assert "a bug in irekae: KeyError in command" in err
    assert "Traceback (most recent call last):" in err
    assert "report it" in err


def test_a_bugs_place_quotes_nothing() -> None:
    try:
        raise ValueError("$6$hash")
    except ValueError as error:
        bug = Bug(error)
    assert "$6$" not in bug.place
    assert "test_entry.py" in bug.place


def test_a_bugs_traceback_quotes_no_line_of_a_file_and_shows_the_way_there(capsys: pytest.CaptureFixture[str]) -> None:
    def parsing() -> None:
        try:
            dict[str, str]()["kato hunter2"]
        except KeyError:
            int("hunter2 of gate.conf")

    def command(c: Any) -> None:
        try:
            parsing()
        except ValueError as error:
            raise RuntimeError(f"cannot read {error}") from error

    with pytest.raises(SystemExit):
        edge(command)(context())
    err = capsys.readouterr().err
    assert "hunter2'" not in err.replace('int("hunter2', "").replace('["kato hunter2', "")
    assert "cannot read invalid" not in err
    for name in ("KeyError", "ValueError", "RuntimeError"):
        assert f"{name} (its message is not shown: it may quote a file)" in err
    assert "in parsing" in err


def test_what_python_says_of_our_own_code_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        raising(AttributeError("'NoneType' object has no attribute 'nothing'"))(context())
    assert "'NoneType' object has no attribute 'nothing'" in capsys.readouterr().err


def test_ctrl_c_ends_with_status_4_and_the_next_step(
    left: list[Status], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["fab", "-H", "tako", "phase3"])
    with pytest.raises(Left):
        raising(KeyboardInterrupt())(context())
    assert left == [Status.INCOMPLETE]
    assert "next: `fab status`, then `fab -H tako phase3`" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN, "a further Ctrl-C disturbs no more"


@pytest.mark.parametrize(
    ("words", "looks"), [(["init"], True), (["phase3", "--plan"], False), (["plan"], False), (["phase3"], None)]
)
def test_ctrl_c_in_a_command_that_changes_nothing_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], looks: bool | None
) -> None:
    def command(c: Any) -> None:
        """What it does."""
        raise KeyboardInterrupt

    command.__name__ = words[0]
    monkeypatch.setattr(sys, "argv", ["fab", *words])
    with pytest.raises(Left):
        edge(command, bool(looks))(context())
    told = capsys.readouterr().err
    assert ("changes nothing on the hosts" in told) is (looks is not None)
    assert ("fab status" in told) is (looks is None)
    assert f"`fab {' '.join(words)}`" in told


def test_a_dry_run_is_refused_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[str] = []
    with pytest.raises(SystemExit) as raised:
        edge(lambda c: calls.append("ran"))(context(dry=True))
    assert raised.value.code == 2
    assert calls == []
    assert "use --plan" in capsys.readouterr().err


def test_a_terminal_that_is_gone_does_not_hide_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

        def flush(self) -> None:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    with pytest.raises(SystemExit) as raised:
        raising(SwapError("x", status=Status.REFUSED))(context())
    assert raised.value.code == 3


def test_names_and_help_of_a_command_are_its_own() -> None:
    command = raising(KeyError())
    assert (command.__name__, command.__doc__) == ("command", "What it does.")


# --- -H ---


def test_without_h_no_host_is_named() -> None:
    learn_hosts(lambda: [""])
    assert named_hosts(context()) == []


def test_several_hosts_are_one_call(capsys: pytest.CaptureFixture[str]) -> None:
    """Fabric calls once for each: the first acts for all, the others do nothing."""
    learn_hosts(lambda: ["ika", " tako", "ika"])
    calls: list[list[str]] = []
    command = edge(lambda c: calls.append(named_hosts(c)))
    for host in ("ika", " tako"):
        command(context(host))
    assert calls == [["ika", "tako"]]


@pytest.mark.parametrize(
    ("written", "name"),
    [("hayashi@ika", "ika"), ("ika:22", "ika"), (" hayashi@ika:22", "ika"), ("198.51.100.21", "198.51.100.21")],
)
def test_a_host_may_be_written_as_fabric_has_it(written: str, name: str) -> None:
    """Fabric's context holds the host alone, whatever stands around it."""
    learn_hosts(lambda: [written, "tako"])
    calls: list[list[str]] = []
    command = edge(lambda c: calls.append(named_hosts(c)))
    for host in (name, "tako"):
        command(context(host))
    assert calls == [[name, "tako"]]


def test_one_host_named_twice_is_acted_on_once() -> None:
    learn_hosts(lambda: ["ika", "hayashi@ika"])
    calls: list[list[str]] = []
    command = edge(lambda c: calls.append(named_hosts(c)))
    for _ in range(2):
        command(context("ika"))
    assert calls == [["ika"]]


def test_two_tasks_of_one_command_line_both_run() -> None:
    learn_hosts(lambda: ["ika", "tako"])
    calls: list[str] = []
    one, two = edge(lambda c: calls.append("one")), edge(lambda c: calls.append("two"))
    for command in (one, two):
        for host in ("ika", "tako"):
            command(context(host))
    assert calls == ["one", "two"]


def test_one_host_is_itself_even_where_the_command_line_is_not_known() -> None:
    assert named_hosts(context("tako")) == ["tako"]


def test_a_plan_holds_for_the_whole_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["fab", "phase4", "phase5", "--plan"])
    assert plan_asked(False)
    monkeypatch.setattr(sys, "argv", ["fab", "phase4"])
    assert plan_asked(True)
    assert not plan_asked(False)


# --- the real command line ---


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-H", "squid", "phase1"], "no host 'squid'"),
        (["-H", "ika,squid", "phase1"], "no host 'squid'"),
        (["-H", "ika:ssh", "phase1"], "-H: 'ika:ssh' names no host"),
        (["-H", "ika:0", "phase1"], "-H: 'ika:0' names no host"),
        (["-H", "ika,", "phase1"], "-H: '' names no host"),
        (["-H", "nobody@ika", "phase1"], "ika has another login in hosts.ini"),
        (["-H", "ika:2222", "status"], "ika has another login in hosts.ini"),
        (["-H", "tako", "begin"], "`fab begin` is about both hosts at once"),
        (["-H", "tako", "rollback", "--to", "phase5"], "rollback --to takes back both hosts at once"),
        (["rollback", "--to", "phase5", "--host", "tako"], "rollback --to takes back both hosts at once"),
        (["resume", "--through", "12"], "--through 12: phases go from 0 to 11"),
        (["-R", "status"], "-R / --dry tells nothing here"),
        (["done", "9.99", "--why", "x"], "the manual has no item '9.99'"),
        (["waive", "5.1"], "a reason is needed"),
    ],
)
def test_wrong_use_ends_with_status_2_before_anything_is_connected_to(
    tmp_path: Path, words: list[str], said: str
) -> None:
    done = fab(tmp_path, *words, pinned=True)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_file_ends_with_status_2(tmp_path: Path) -> None:
    done = fab(tmp_path, "status", site="[site]\n")
    assert done.returncode == 2, done.stderr
    assert f"{tmp_path}/site.toml: [" in done.stderr


def test_nothing_pinned_is_refused(tmp_path: Path) -> None:
    done = fab(tmp_path, "status")
    assert done.returncode == 3, done.stderr
    assert "fab trust" in done.stderr

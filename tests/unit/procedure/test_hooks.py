"""Hooks are told of a phase's beginning and end, never hold it up, and stop nothing unless the site says so."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from irekae.model.errors import SwapError
from irekae.procedure import hooks, webhook
from irekae.site.hooks import Hook
from irekae.swap.swap import Swap
from tests.driver import Lab


def declared(swap: Swap, *found: Hook) -> Swap:
    swap.site = replace(swap.site, hooks=list(found))
    return swap


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def into(path: Path, **more: Any) -> Hook:
    return Hook(run=["sh", "-c", 'cat >>"$0"; echo >>"$0"', str(path)], **more)


def test_beginning_and_end_are_told_with_phase_hosts_and_outcome(swap: Swap, tmp_path: Path) -> None:
    with hooks.told(declared(swap, into(tmp_path / "told")), 7, []):
        pass
    begin, end = written(tmp_path / "told")
    assert (begin["event"], begin["phase"], begin["hosts"], begin["outcome"]) == ("begin", 7, ["ika", "tako"], "")
    assert (end["event"], end["outcome"], end["production"], end["items"]) == ("end", "done", "ika", [])


def test_a_phase_that_fails_is_told_as_failed_and_fails_by_its_own_error(swap: Swap, tmp_path: Path) -> None:
    broken = Hook(run=["false"], at=["end"], required=True)
    with pytest.raises(SwapError, match="no luck"), hooks.told(declared(swap, into(tmp_path / "told"), broken), 1, []):
        raise SwapError("no luck")
    assert written(tmp_path / "told")[-1]["outcome"] == "failed"


def test_only_the_phases_and_moments_that_are_chosen_are_told(swap: Swap, tmp_path: Path) -> None:
    with hooks.told(declared(swap, into(tmp_path / "told", phases=[8], at=["end"])), 7, []):
        pass
    assert written(tmp_path / "told") == []


@pytest.mark.parametrize("run", [["false"], ["/nowhere/at/all"]])
def test_a_hook_that_fails_stops_nothing(swap: Swap, run: list[str], capsys: Any) -> None:
    with hooks.told(declared(swap, Hook(run=run, at=["begin"])), 1, []):
        pass
    assert f"the hook {run[0]} failed at the begin of phase 1, and stops nothing" in capsys.readouterr().err


def test_one_that_is_required_stops_the_phase_before_it_begins(swap: Swap) -> None:
    begun = []
    with (
        pytest.raises(SwapError, match="the hook false failed"),
        hooks.told(declared(swap, Hook(run=["false"], required=True)), 1, []),
    ):
        begun.append(1)
    assert not begun


def test_at_its_deadline_it_is_ended_with_its_children(swap: Swap, tmp_path: Path, capsys: Any) -> None:
    pids = tmp_path / "pids"
    run = ["sh", "-c", 'sleep 1000 & echo $$ $! >"$0"; wait', str(pids)]
    with hooks.told(declared(swap, Hook(run=run, at=["begin"], deadline=1)), 1, []):
        pass
    assert "it did not end within 1 s" in capsys.readouterr().err
    parent, child = map(int, pids.read_text().split())
    assert not Path(f"/proc/{parent}").exists()
    Lab.until("its child has ended too", lambda: not is_alive(child))


def test_what_it_writes_is_shown_as_data_and_it_sees_no_secret(swap: Swap, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    run = ["sh", "-c", "printf '\\033[31mred\\n'; env"]
    with hooks.told(declared(swap, Hook(run=run, at=["begin"])), 1, []):
        pass
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "red" in said
    assert "SECRET_TOKEN" not in said


def test_a_plan_says_what_would_be_told_and_runs_nothing(swap: Swap, tmp_path: Path, capsys: Any) -> None:
    with hooks.told(declared(swap, into(tmp_path / "told")).as_plan(), 1, []):
        pass
    assert written(tmp_path / "told") == []
    assert "at the begin of phase 1 sh would be told" in capsys.readouterr().out


def test_an_address_that_does_not_answer_is_told_without_its_path(swap: Swap, capsys: Any) -> None:
    with hooks.told(declared(swap, Hook(post="https://127.0.0.1:1/hook/token-abc", at=["begin"])), 1, []):
        pass
    said = capsys.readouterr().err
    assert "the hook 127.0.0.1 failed" in said
    assert "token-abc" not in said


@pytest.mark.parametrize("wrong", [{"post": "http://chat.example.org/x"}, {"phases": [12]}, {"at": ["middle"]}])
def test_what_is_no_hook_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"run": ["true"], **wrong}, Hook)


def test_a_hook_is_a_command_or_an_address_and_not_both() -> None:
    assert not Hook().is_one
    assert not Hook(run=["true"], post="https://example.org/").is_one
    assert os.path.sep not in Hook(post="https://user:pw@example.org/token").label


@pytest.mark.parametrize(
    "hook",
    [Hook(post="https://[x"), Hook(post="https://[x/"), Hook(post="https://example.org:eighty/"), Hook(run=["a\0b"])],
)
def test_what_could_not_be_told_is_known_beforehand(hook: Hook) -> None:
    assert not hook.can_be_told


@pytest.mark.parametrize(
    "hook",
    [Hook(post="https://user:p%40@[2001:db8::1]:8443/x"), Hook(post="https://example.org"), Hook(run=["true", "…"])],
)
def test_what_can_be_told_is_right(hook: Hook) -> None:
    assert hook.can_be_told


def test_what_was_told_of_the_beginning_is_told_of_the_end_where_another_one_stops_the_phase(
    swap: Swap, tmp_path: Path
) -> None:
    hooks_ = [into(tmp_path / "told"), Hook(run=["false"], required=True), into(tmp_path / "never", at=["begin"])]
    with pytest.raises(SwapError, match="the hook false failed"), hooks.told(declared(swap, *hooks_), 1, []):
        pass
    assert [(one["event"], one["outcome"]) for one in written(tmp_path / "told")] == [("begin", ""), ("end", "failed")]
    assert not (tmp_path / "never").exists()


def test_one_that_fails_at_the_end_keeps_no_other_from_it(swap: Swap, tmp_path: Path) -> None:
    broken = Hook(run=["false"], at=["end"], required=True)
    with (
        pytest.raises(SwapError, match="at the end"),
        hooks.told(declared(swap, broken, into(tmp_path / "told")), 1, []),
    ):
        pass
    assert [one["event"] for one in written(tmp_path / "told")] == ["begin", "end"]


@pytest.mark.parametrize(
    ("url", "plain", "user"),
    [
        ("https://us%40er:p%3Aw@example.org:8443/x?y", "https://example.org:8443/x?y", b"us@er:p:w"),
        ("https://token@example.org/x", "https://example.org/x", b"token:"),
        ("https://example.org/a@b", "https://example.org/a@b", None),
    ],
)
def test_the_user_of_an_address_goes_into_a_header(url: str, plain: str, user: bytes | None) -> None:
    found, headers = webhook._addressed(url)
    assert found == plain
    assert headers == ({"Authorization": f"Basic {base64.b64encode(user).decode()}"} if user else {})

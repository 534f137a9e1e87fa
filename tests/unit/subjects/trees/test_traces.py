"""What a copy leaves behind belongs to one swap: its key goes with root's door, what it replaced with the swap."""

from __future__ import annotations

import pytest

from irekae.cli import commands, session
from irekae.model.items import find_item
from irekae.procedure.rollback import rollback
from irekae.subjects.trees import traces
from irekae.swap.swap import Swap
from tasks.phase_04_close_root import close_root
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy

KEY = "/var/lib/irekae/copy/home/id"
KEPT = "/home/.irekae-replaced/3.1/1/asada/letter"


@pytest.fixture
def copied(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    """A swap whose copy has been made, as far as files tell."""
    ika.put(KEY, "private", 0o600)
    ika.put(f"{KEY}.pub", "ssh-ed25519 CCCC irekae-copy\n")
    ika.put(f"{KEY.rpartition('/')[0]}/items", "log")
    tako.put(KEPT, "of two years ago")
    return for_copy(swap)


def test_the_key_is_gone_with_roots_door_and_the_log_stays(copied: Swap, ika: FarEnd, tako: FarEnd) -> None:
    traces.forget_key(copied)
    assert [path.name for path in ika.path("/var/lib/irekae/copy/home").iterdir()] == ["items"]
    traces.forget_key(copied)
    assert tako.path(KEPT).exists()


def test_a_plan_destroys_no_key(copied: Swap, ika: FarEnd) -> None:
    traces.forget_key(copied.as_plan().for_pair(find_item("4.2")))
    assert ika.path(KEY).exists()


def test_closing_the_door_destroys_the_key(
    copied: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.phase_04_close_root.want_forbidden", lambda host, swap: None)
    monkeypatch.setattr("tasks.phase_04_close_root.keepers.remove", lambda host, swap: None)
    monkeypatch.setattr("tasks.phase_04_close_root._is_allowed", lambda host: False)
    tako.put("/etc/ssh/sshd_config", "PermitRootLogin no\n")
    tako.put("/etc/init.d/ssh", "#!/bin/sh\n", 0o755)
    close_root(copied.standby, copied)
    assert not ika.path(KEY).exists()


@pytest.mark.parametrize("phase", [1, 2])
def test_a_rollback_that_closes_the_door_destroys_the_key(copied: Swap, ika: FarEnd, phase: int) -> None:
    copied.bound.clear()
    rollback(copied, phase)
    assert not ika.path(KEY).exists()


def test_a_rollback_that_leaves_the_door_open_leaves_the_key(copied: Swap, ika: FarEnd) -> None:
    copied.bound.clear()
    rollback(copied, 3)
    assert ika.path(KEY).exists()


def test_what_an_earlier_swap_left_is_never_given_back_by_this_one(copied: Swap, tako: FarEnd) -> None:
    traces.forget_earlier(copied.standby, "/home")
    assert not tako.path("/home/.irekae-replaced").exists()
    assert copied.standby.record.notes[0].startswith("removed /home/.irekae-replaced")


def test_what_this_swap_replaced_is_kept_for_its_undo(copied: Swap, tako: FarEnd) -> None:
    copied.standby.record.change("copy /home", {"kind": "copy", "tree": "/home", "replaced": "3.1/1"})
    traces.forget_earlier(copied.standby, "/home")
    assert tako.path(KEPT).exists()


def test_when_the_swap_is_over_what_it_replaced_goes(
    copied: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "for_both", lambda c, command: None)
    monkeypatch.setattr(session, "connected", lambda **options: copied)
    monkeypatch.setattr(commands, "begin_again", lambda swap, why, let_go: let_go())
    commands.begin(None)
    assert not tako.path("/home/.irekae-replaced").exists()
    assert tako.path("/home").exists()
    assert "tako: what the copy of that swap had replaced is removed" in capsys.readouterr().out
    commands.begin(None)

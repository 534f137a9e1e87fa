"""3.4 and 0.2 on two hosts: under the system's lock, from what is there now, without a circle."""

from __future__ import annotations

import subprocess
import sys

import pytest

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.items import On, find_item
from irekae.procedure import plans
from irekae.subjects.accounts.on_hosts import copy_accounts
from irekae.subjects.preflight import accounts as preflight
from irekae.swap.swap import Swap
from tasks import phase_00_prepare, phase_03_copy
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun

assert phase_00_prepare, phase_03_copy
ROOT = "root:x:0:0:root:/root:/bin/sh\n"
ASADA = "asada:x:1001:1001::/home/asada:/bin/sh\n"
UENO = "ueno:x:1002:1002::/home/ueno:/bin/tcsh\n"


def put(far: FarEnd, passwd: str, shadow: str, group: str = "root:x:0:\n") -> None:
    far.put("/etc/passwd", passwd)
    far.put("/etc/shadow", shadow, 0o640)
    far.put("/etc/group", group)


@pytest.fixture(autouse=True)
def _hosts(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    begun(swap)
    groups = "root:x:0:\nasada:x:1001:\nueno:x:1002:\n"
    put(ika, ROOT + ASADA + UENO, "root:*:1::::::\nasada:!$6$a:1::::::\nueno:$6$u:1::::::\n", groups)
    put(tako, ROOT + ASADA, "root:*:1::::::\nasada:$6$a:1::::::\n", "root:x:0:\nasada:x:1001:\n")


def copy(swap: Swap) -> None:
    copy_accounts(swap.for_pair(find_item("3.4")))


def shadow(far: FarEnd) -> str:
    return far.path("/etc/shadow").read_text()


def test_who_is_locked_on_production_alone_keeps_it_from_passing_and_the_others_are_copied(
    swap: Swap, tako: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SwapError, match="1 accounts must be decided") as raised:
        copy(swap)
    assert "asada: login: locked on production, possible on the standby" in raised.value.detail
    assert "ueno:$6$u" in shadow(tako)
    assert "asada:$6$a" in shadow(tako)
    said = capsys.readouterr().out
    assert "differs: asada: login" in said
    assert "shell /bin/tcsh is not there on tako: ueno" in said
    assert "$6$" not in said + str(raised.value)


def test_mended_by_hand_it_passes_and_so_does_the_word_of_a_person(swap: Swap, tako: FarEnd) -> None:
    with pytest.raises(SwapError):
        copy(swap)
    item = find_item("3.4")
    assert plans.what_is_left(swap, item, item.roles)[0]
    tako.put("/etc/shadow", shadow(tako).replace("asada:$6$a", "asada:!$6$a"), 0o640)
    assert plans.what_is_left(swap, item, item.roles)[0] == []
    copy(swap)


def test_an_account_that_stood_in_the_way_and_is_moved_by_hand_is_no_circle(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    ika.put("/etc/shadow", "root:*:1::::::\nasada:$6$a:1::::::\nueno:$6$u:1::::::\n", 0o640)
    tako.put("/etc/passwd", ROOT + ASADA + "mori:x:1002:1002::/home/mori:/bin/sh\n")
    with pytest.raises(SwapError, match="must be decided or brought right") as raised:
        copy(swap)
    assert "same UID, other name: mori" in raised.value.detail
    tako.put("/etc/passwd", tako.path("/etc/passwd").read_text().replace("mori:x:1002", "mori:x:1900"))
    copy(swap)
    assert "mori:x:1900" in tako.path("/etc/passwd").read_text()
    assert "ueno:x:1002:" in tako.path("/etc/passwd").read_text()


def test_who_was_removed_after_the_copy_is_not_copied_again(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/etc/shadow", "root:*:1::::::\nasada:$6$a:1::::::\nueno:$6$u:1::::::\n", 0o640)
    copy(swap)
    swap.host(find_item("3.4"), On.STANDBY).record.event("done")
    put(tako, ROOT + ASADA, "root:*:1::::::\nasada:$6$a:1::::::\n", "root:x:0:\nasada:x:1001:\nueno:x:1002:\n")
    copy(swap)
    assert "ueno" not in tako.path("/etc/passwd").read_text()


def test_who_is_gone_by_an_undo_that_was_ended_is_copied_again(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/etc/shadow", "root:*:1::::::\nasada:$6$a:1::::::\nueno:$6$u:1::::::\n", 0o640)
    copy(swap)
    record = swap.host(find_item("3.4"), On.STANDBY).record
    record.event("done")
    record.event("unknown", why="being rolled back by hayashi")
    tako.put("/etc/passwd", ROOT + ASADA)
    copy(swap)
    assert "ueno" in tako.path("/etc/passwd").read_text()


def test_somebody_elses_lock_is_told_after_the_deadline_and_nothing_is_written(
    swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("irekae.subjects.accounts.on_hosts.WITHIN", 0.0)
    before = tako.files()
    takes = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    argv = [sys.executable, "-c", takes, str(tako.path("/etc/.pwd.lock"))]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(SwapError, match="somebody is changing accounts on tako; nothing was changed") as raised:
            copy(swap)
        process.communicate("\n")
    assert f"process {process.pid}" in raised.value.detail
    assert {path: text for path, text in tako.files().items() if not path.endswith("lock")} == before
    with pytest.raises(SwapError, match="must be decided"):
        copy(swap)


def test_the_preflight_tells_every_difference_and_stops_at_those_to_decide(swap: Swap, tako: FarEnd) -> None:
    pair = swap.for_pair(find_item("0.2"))
    (obstacle,) = preflight.differences(pair)
    assert obstacle.what == "account asada: login: locked on production, possible on the standby"
    assert 'decided = { asada = "source" }' in obstacle.remedy
    standby: Host = pair.standby
    assert any("add user ueno" in note for note in standby.record.notes)
    assert shadow(tako) == "root:*:1::::::\nasada:$6$a:1::::::\n"

"""Stopping waits for what a daemon is at, says so, and has a last resort; a restart is proved by a new process."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from irekae.host import daemons
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.site import Service
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.sysvinit_host import Sysvinit


def process(pid: int, name: str, *peers: str) -> dict[str, Any]:
    return {"pid": pid, "parent": 1, "uid": 0, "name": name, "start": pid * 7, "age": 95, "peers": list(peers),
            "turns": pid * 3, "sleeps": True}  # fmt: skip


class Family:
    """A daemon's processes, which end one look after the other; those that stay end when they are killed."""

    def __init__(self, far: FarEnd, *stay: dict[str, Any], dying: int = 0) -> None:
        self.members = [process(1, "qmail-send"), *stay]
        self.looks = iter(range(dying))
        self.stay = [one["pid"] for one in stay]
        self.killed: list[int] = []
        far._family = lambda name, peers=True: list(self.members)  # type: ignore[method-assign]
        far._wait_gone = self.left  # type: ignore[attr-defined]
        far._signal = self.signal  # type: ignore[attr-defined]

    def left(self, pids: list[int], starts: list[int], timeout: float) -> list[int]:
        assert starts == [pid * 7 for pid in pids]
        if timeout == daemons._LOOK:  # no look: it waits for an end
            time_passes(timeout)
            return pids
        if next(self.looks, None) is None:
            self.members = [one for one in self.members if one["pid"] in self.stay and one["pid"] not in self.killed]
        return [pid for pid in pids if pid in {member["pid"] for member in self.members}]

    def signal(self, pids: list[int], starts: list[int], number: int) -> None:
        assert number == signal.SIGKILL
        self.killed += pids


NOW = [0.0]


def time_passes(seconds: float) -> None:
    """By looks: a look takes ten seconds, however long it was asked to wait."""
    NOW[0] += 10


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemons, "pause", time_passes)
    monkeypatch.setattr("irekae.host.daemons.time.monotonic", lambda: NOW[0])


def handle(swap: Swap, *last_resort: str) -> ServiceHandle:
    item = Item("1.3", "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False)
    host: Host = swap.host(item, On.PRODUCTION)
    return ServiceHandle(host, Service("qmail", "qmail-send", "on", "on", last_resort=list(last_resort)))


def test_a_script_that_only_signals_is_waited_for(swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]) -> None:
    Sysvinit(ika, "qmail")
    Family(ika, dying=5)
    handle(swap).stop()
    assert "waiting for qmail-send (process 1, for 95 s)" in capsys.readouterr().out


def test_the_peer_that_hangs_is_named_and_the_deadline_is_site_toml_s(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail")
    Family(ika, process(9, "qmail-remote", "192.0.2.1:25"))
    with pytest.raises(SwapError, match="qmail did not stop on ika within 180 s") as raised:
        handle(swap).stop()
    assert "qmail-remote (process 9, for 95 s, talks to 192.0.2.1:25)" in raised.value.detail


def test_behind_the_deadline_what_site_toml_names_is_killed_and_told(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    init = Sysvinit(ika, "qmail")
    family = Family(ika, process(9, "qmail-remote", "192.0.2.1:25"))
    handle(swap, "qmail-remote").stop()
    assert family.killed == [9]
    assert init.running == set()
    assert "killed, as the last resort that site.toml names: qmail-remote (process 9" in capsys.readouterr().out


def test_a_local_delivery_is_never_killed(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail")
    family = Family(ika, process(8, "qmail-local"), process(9, "qmail-remote"))
    with pytest.raises(SwapError, match="did not stop") as raised:
        handle(swap, "qmail-remote").stop()
    assert family.killed == [9]
    assert raised.value.detail.startswith("still there: qmail-local (process 8")


def of(uid: int, parent: int, *more: Any) -> dict[str, Any]:
    return {**process(*more), "uid": uid, "parent": parent}


def test_a_users_program_in_a_delivery_is_killed_behind_the_deadline_and_what_delivers_itself_is_not(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    Sysvinit(ika, "qmail")
    family = Family(ika, of(1001, 1, 8, "qmail-local"), of(1001, 8, 9, "sh"), of(1001, 9, 10, "sleep"))
    with pytest.raises(SwapError, match="did not stop") as raised:
        handle(swap).stop()
    assert family.killed == [9, 10]
    assert "killed, for a user's program did not end: sh (process 9" in capsys.readouterr().out
    assert raised.value.detail.startswith("still there: qmail-local (process 8"), "it ends by itself when it is told"


def test_a_process_that_a_user_calls_like_the_daemon_is_neither_waited_for_nor_killed(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail")
    family = Family(ika, of(1001, 4, 9, "qmail-send"), of(1001, 9, 10, "sleep"))
    handle(swap).stop()
    assert family.killed == []


def test_a_restart_that_leaves_the_old_process_is_a_failure(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail")
    Family(ika, dying=1000)
    with pytest.raises(SwapError, match="was not restarted: no new process of it is there"):
        handle(swap).restart()


def test_between_stop_and_start_it_rests(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "qmail")
    seen: list[set[str]] = []
    handle(swap).restart(lambda: seen.append(set(init.running)))
    assert seen == [set()]
    assert init.running == {"qmail"}


def test_no_argument_of_our_own_shell_bears_the_service_s_name(swap: Swap, ika: FarEnd) -> None:
    Sysvinit(ika, "qmail")
    handle(swap).restart()
    [argv] = [argv for argv in ika.ran if "sh" in argv]
    assert not any("qmail" in word for word in argv[argv.index("sh") :])


def test_turns_are_alike_while_no_process_was_given_a_processor(swap: Swap, ika: FarEnd) -> None:
    family = Family(ika, process(8, "qmail-lspawn"))
    service = handle(swap)
    seen = daemons.Daemons(service.host, Service("qmail", "qmail-send", "on", "on"))
    before = seen.turns()
    assert before == seen.turns()
    family.members[1]["turns"] += 1
    assert seen.turns() not in (before, None)
    family.members[0]["sleeps"] = False
    assert seen.turns() is None

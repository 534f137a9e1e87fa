"""Sessions and processes: whose are ended, and whose never."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import Any

import pytest

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.account_numbers import group_ids, user_ids
from irekae.site.site import AccountRange
from irekae.subjects import sessions
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

RANGE = AccountRange(1000, 29999)
STAY = {"hayashi"}


def process(
    pid: int, owner: str, uid: int, *words: str, name: str = "", tty: int = 0, session: int = 0
) -> dict[str, Any]:
    line = " ".join(words)
    program = "/usr/sbin/sshd" if line.startswith("sshd") and name != "evil" else f"/usr/bin/{name or 'x'}"
    return {
        "pid": pid,
        "start": 1000 + pid,
        "program": program,
        "cwd": "/",
        "parent": 1,
        "session": session or pid,
        "tty": tty,
        "uid": uid,
        "owner": owner,
        "name": name or (words[0] if words else "x").split("/")[-1].split(":")[0],
        "words": list(words),
    }


TABLE = [
    process(1, "root", 0, "init"),
    process(100, "root", 0, "sshd: /usr/sbin/sshd [listener]"),
    process(110, "root", 0, "sshd: asada [priv]"),
    process(111, "asada", 1001, "sshd: asada@pts/0", name="sshd"),
    process(112, "asada", 1001, "-bash", tty=34816, session=112),
    process(113, "asada", 1001, "vi", "notes", tty=34816, session=112),
    process(120, "root", 0, "sshd: hayashi [priv]"),
    process(121, "hayashi", 30001, "sshd: hayashi@notty", name="sshd"),
    process(122, "root", 0, "sudo", "-n", "--", "python3"),
    process(130, "ueno", 1002, "sshd-session: ueno@pts/3", name="sshd-session"),
    process(140, "kato", 1003, "-bash", tty=1025, session=140),
    process(150, "root", 0, "-bash", tty=1026, session=150),
    process(160, "noda", 1004, "simulate", "1000000"),
    process(170, "postfix", 104, "qmgr"),
    process(180, "mori", 30002, "sshd: mori@pts/5", name="sshd"),
]


def bound(swap: Swap) -> Host:
    item = Item("1.1", "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False)
    return swap.host(item, On.PRODUCTION)


def test_sessions_by_ssh_and_on_consoles_are_found_but_for_those_who_stay_and_root() -> None:
    found = sessions.sessions_of(TABLE, STAY)
    assert [entry["pid"] for entry in found] == [111, 112, 130, 140, 180]


def test_the_operators_own_session_is_never_among_them() -> None:
    assert sessions.sessions_of(TABLE, {"hayashi", "mori", "asada", "ueno", "kato"}) == []


def test_a_title_that_a_user_gave_to_something_else_says_nothing() -> None:
    fake = process(200, "asada", 1001, "sshd: hayashi@pts/9", name="evil")
    other = {**process(201, "hayashi", 30001, "sshd: asada@pts/9", name="sshd"), "program": "/home/hayashi/sshd"}
    assert sessions.sessions_of([fake, other], STAY) == []
    assert sessions.ordinary([fake], RANGE, STAY) == [fake], "it is ended with the ordinary processes"


def test_whose_a_session_is_the_kernel_says_and_not_its_title() -> None:
    his = process(200, "asada", 1001, "sshd: hayashi@pts/9", name="sshd")
    ours = process(201, "hayashi", 30001, "sshd: asada@pts/9", name="sshd")
    assert sessions.sessions_of([his, ours], STAY) == [his]


def test_only_processes_of_users_uids_are_ordinary() -> None:
    assert [entry["pid"] for entry in sessions.ordinary(TABLE, RANGE, STAY)] == [111, 112, 113, 130, 140, 160]
    edge = [process(1, "a", 999), process(2, "b", 1000), process(3, "c", 29999), process(4, "d", 30000)]
    assert [entry["pid"] for entry in sessions.ordinary(edge, RANGE, set())] == [2, 3]
    assert sessions.ordinary([process(5, "hayashi", 1500)], RANGE, STAY) == []


class Signals:
    """What became of the processes that were signalled."""

    def __init__(self, far: FarEnd, stubborn: tuple[int, ...] = (), immortal: tuple[int, ...] = ()) -> None:
        self.far = far
        self.sent: list[tuple[int, list[int]]] = []
        self.left = {*stubborn, *immortal}
        self.immortal = set(immortal)
        far._end_users = self.end_users  # type: ignore[method-assign]
        far._signal = self.signal  # type: ignore[attr-defined]
        far._wait_gone = self.wait_gone  # type: ignore[attr-defined]

    def signal(self, pids: list[int], number: int, starts: list[int]) -> None:
        assert starts == [1000 + pid for pid in pids], "known by more than their numbers"
        self.sent.append((number, pids))
        self.left = self.left & self.immortal if number == signal.SIGKILL else self.left
        self.far.table = [one for one in self.far.table if one["pid"] not in pids or one["pid"] in self.left]

    def wait_gone(self, pids: list[int], timeout: float, starts: list[int]) -> list[int]:
        return [pid for pid in pids if pid in self.left]

    def end_users(self, low: int, high: int, stay: Sequence[str], timeout: float) -> list[int]:
        users = self.far._busy_users(low, high, stay)
        if pids := [one["pid"] for one in self.far.table if one["uid"] in users]:
            self.signal(pids, signal.SIGKILL, [1000 + pid for pid in pids])
        return []


def test_everybody_is_warned_before_the_first_session_ends(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE
    signals = Signals(ika)
    heard: list[bytes] = []

    def wall(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        heard.append(stdin)
        return 0, ""

    ika.commands = wall
    sessions.end_sessions(bound(swap), STAY, "please log out / ログアウト")
    assert ika.ran == [["wall"]]
    assert heard == ["please log out / ログアウト\n".encode()]
    assert signals.sent == [(signal.SIGHUP, [111, 112, 130, 140, 180])]


def test_nobody_is_warned_when_nobody_is_there(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE[:1]
    signals = Signals(ika)
    sessions.end_sessions(bound(swap), STAY, "x")
    sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert ika.ran == []
    assert signals.sent == []
    assert swap.entries["ika"] == []


def test_term_first_and_kill_for_those_that_stay(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE
    signals = Signals(ika, stubborn=(160,))
    sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert signals.sent == [(signal.SIGTERM, [111, 112, 113, 130, 140, 160]), (signal.SIGKILL, [160])]
    assert swap.entries["ika"][0]["undo"]["kind"] == "none"


def test_what_hands_itself_on_and_is_in_no_list_is_ended_too(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE[:1]
    busy: list[list[int]] = [[], [1003]]
    ika._busy_users = lambda **_: busy.pop()  # type: ignore[method-assign]
    sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert "end_users" in ika.asked
    assert swap.entries["ika"][-1]["what"] == "end 1 process"


def test_what_comes_and_goes_even_behind_that_is_told(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE[:1]
    ika._busy_users = lambda **_: [1003]  # type: ignore[method-assign]
    with pytest.raises(SwapError, match=r"users \[1003\] on ika have processes that come and go"):
        sessions.end_processes(bound(swap), RANGE, STAY, 5)


def test_what_even_kill_does_not_end_is_told(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE
    Signals(ika, immortal=(160,))
    with pytest.raises(SwapError, match="1 on ika did not end, not even by KILL") as raised:
        sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert raised.value.detail == "noda 160 simulate 1000000"


def test_a_plan_lists_them_and_ends_none(swap: Swap, ika: FarEnd) -> None:
    ika.table = TABLE
    signals = Signals(ika)
    view = swap.as_plan()
    sessions.end_sessions(bound(view), STAY, "x")
    sessions.end_processes(bound(view), RANGE, STAY, 5)
    assert signals.sent == []
    assert ika.ran == []
    assert [change.what for change in view.plan] == ["run wall", "end 5 sessions", "end 6 processes"]
    assert "noda 160 simulate 1000000" in view.plan[-1].lines


def test_names_that_are_no_text_do_no_harm(swap: Swap, ika: FarEnd) -> None:
    ika.table = [process(160, "noda", 1004, "caf\udce9", "\n$(x)")]
    Signals(ika)
    sessions.end_processes(bound(swap), RANGE, STAY, 5)
    assert swap.entries["ika"][-1]["what"] == "end 1 process"


# --- numbers of names ---


def test_names_have_their_first_number() -> None:
    passwd = b"root:x:0:0::/root:/bin/sh\nasada:x:1001:100::/:\nasada:x:9:9::/:\nbad\nodd:x:y:1\ncaf\xe9:x:7:7:::\n"
    assert user_ids(passwd) == {"root": 0, "asada": 1001, "caf\udce9": 7}
    assert group_ids(b"users:x:100:\nno newline:x:5:a") == {"users": 100, "no newline": 5}
    assert user_ids(b"") == group_ids(b"\n\n") == {}


def child(pid: int, parent: int, owner: str, uid: int, name: str) -> dict[str, Any]:
    return {**process(pid, owner, uid, name=name), "parent": parent}


DELIVERY = [
    process(10, "qmails", 206, name="qmail-send"),
    child(11, 10, "root", 0, "qmail-lspawn"),
    child(12, 11, "kato", 1003, "qmail-local"),
    child(13, 12, "kato", 1003, "procmail"),
]


def test_a_delivery_under_way_is_spared_and_no_daemon_of_a_users_own_spares_anything() -> None:
    own = [process(20, "kato", 1003, name="qmail-send"), child(21, 20, "kato", 1003, "sh")]
    found = sessions.ordinary([*DELIVERY, *own], RANGE, STAY, {"qmail-send"})
    assert [entry["pid"] for entry in found] == [20, 21]
    assert len(sessions.ordinary(DELIVERY, RANGE, STAY)) == 2


def test_who_gets_mail_at_this_moment_is_not_killed_as_a_whole(swap: Swap, ika: FarEnd) -> None:
    ika.table = [*DELIVERY, process(30, "kato", 1003, "simulate"), process(31, "noda", 1004, "simulate")]
    asked: list[dict[str, Any]] = []
    ended: list[int] = []

    def signalled(pids: Sequence[int], number: int, starts: Sequence[int] = ()) -> None:
        if number == signal.SIGKILL:
            ended.extend(pids)
            ika.table = [entry for entry in ika.table if entry["pid"] not in ended]

    def end_users(low: int, high: int, stay: Sequence[str], timeout: float) -> list[int]:
        asked.append({"stay": stay})
        ika.table = [entry for entry in ika.table if entry["owner"] != "noda"]
        return []

    ika._signal = signalled  # type: ignore[attr-defined]
    ika._end_users = end_users  # type: ignore[method-assign]
    ika._wait_gone = lambda pids, timeout, starts: list(pids)  # type: ignore[attr-defined]
    item = Item("1.2", "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False)
    sessions.end_processes(swap.host(item, On.PRODUCTION), RANGE, STAY, 0.1, {"qmail-send"})
    assert asked[0]["stay"] == ["hayashi", "kato"]
    assert ended == [30]
    assert {entry["pid"] for entry in ika.table} >= {12, 13}

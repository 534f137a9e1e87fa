"""What an operator sees before he types a word: the hosts as they are, and nothing that stops him from being asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from irekae.host.remote import HostError
from irekae.model.items import Item
from irekae.procedure import before_word
from irekae.proof.outage import watcher
from irekae.subjects import logged_in
from irekae.subjects.root_door import folder
from irekae.subjects.root_door.config import permit_root
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun

WHO = """mori     pts/0        2026-11-26 03:02 (192.0.2.17)
root     tty1         2026-11-25 22:10
x\x1b[2J   pts/1        2026-11-26 03:05 (\x1b]0;evil)
hayashi  pts/2        Nov 26 04:13 (198.51.100.7)
what is no line
"""


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(swap)
    monkeypatch.setattr(before_word, "who_watches", lambda swap: "a prober on outside asks http")


def table(swap: Swap) -> dict[str, list[str]]:
    return dict(before_word.what_one_sees(swap))


def test_whos_lines_are_read_with_the_time_of_utc_and_others_passed_over() -> None:
    mori, root, strange, hayashi = logged_in.read_who(WHO)
    assert mori == logged_in.Login("mori", "pts/0", datetime(2026, 11, 26, 3, 2, tzinfo=UTC), "192.0.2.17")
    assert (root.terminal, root.origin) == ("tty1", "")
    assert strange.user.startswith("x")
    assert (hayashi.origin, hayashi.since) == ("198.51.100.7", None)


def sshd(pid: int, owner: str, title: str, **more: Any) -> dict[str, Any]:
    known = {
        "parent": 1,
        "session": pid,
        "tty": 0,
        "uid": 1001,
        "name": "sshd",
        "program": "/usr/sbin/sshd",
        "start": 1,
    }
    return {**known, "pid": pid, "owner": owner, "words": [title], **more}


def test_who_is_there_from_where_and_who_is_no_operator(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    operator = swap.site.site.operators[0]
    ika.commands = lambda argv, stdin: (0, f"{operator} pts/0 2026-11-26 03:02 (192.0.2.17)\n" if "who" in argv else "")
    tako.table = [
        sshd(10, "sakai", "sshd: sakai@notty"),
        sshd(20, "hayashi", "sshd: hayashi@notty"),
        {**sshd(21, "root", "python3"), "uid": 0, "parent": 20, "program": "/usr/bin/python3"},
    ]
    tako.facts["pid"] = 21
    seen = table(swap)["Logged in"]
    assert re.fullmatch(rf"ika: {operator}, pts/0 from 192.0.2.17 since (2026-11-2\d )?\d\d:\d\d", seen[0])
    assert seen[1:] == ["tako: sakai (no operator), without a terminal"], "our own session is not told"


def test_nobody_is_said_too(swap: Swap) -> None:
    assert table(swap)["Logged in"] == ["ika: nobody", "tako: nobody"]
    assert table(swap)["At work"] == ["nobody works on an item"]
    assert table(swap)["Prober"] == ["a prober on outside asks http"]


def test_a_host_that_cannot_say_stops_nobody(swap: Swap, ika: FarEnd) -> None:
    def cannot(op: str, arguments: object) -> None:
        if op in ("run", "processes", "read"):
            raise HostError("ika", "ENOENT", "who: No such file or directory", op)

    ika.fails = cannot
    seen = table(swap)
    assert seen["Logged in"][0].startswith("ika: not known: ")
    assert seen["Root's way in"][0].startswith("ika: not known: ")


def open_door(far: FarEnd, swap: Swap, deadline: str) -> None:
    far.put(swap.site.root_door.sshd_config, permit_root(b"Port 22\n"))
    if deadline:
        far.put(f"{folder(swap)}/deadline", deadline)


@pytest.mark.parametrize(
    ("deadline", "said"),
    [("{boot_id} {end} 3600\n", "open, closes by itself in 60 min"), ("", "open, and NO lease closes it"),
     ("another-boot 99999999 3600\n", "open, and NO lease closes it"),
     ("{boot_id} {end} soon\n", "open, and NO lease closes it"), ("x", "open, and NO lease closes it")],
)  # fmt: skip
def test_roots_way_in_with_the_time_that_is_left(swap: Swap, tako: FarEnd, deadline: str, said: str) -> None:
    clock = tako.ask("clock")
    open_door(tako, swap, deadline.format(boot_id=clock["boot_id"], end=int(clock["uptime"]) + 3659))
    assert table(swap)["Root's way in"] == ["ika: closed", f"tako: {said}"]


def test_who_holds_an_item_is_told(swap: Swap, ika: FarEnd) -> None:
    ika.facts["holders"] = {"3.1": {"who": "mori@seat2", "since": "2026-11-26T03:00:00+0000"}}
    [line] = table(swap)["At work"]
    assert re.fullmatch(r"3\.1 on ika: mori@seat2 since 2026-11-2\d \d\d:00|.* since \d\d:\d0", line)
    ika.facts["holders"] = {"3.1": {"who": "mori@seat2", "since": "whenever"}}
    assert table(swap)["At work"] == ["3.1 on ika: mori@seat2 since whenever"]


def test_without_a_computer_outside_nobody_measures(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "place", lambda inventory: None)
    assert "nobody measures the outage" in watcher.who_watches(swap)

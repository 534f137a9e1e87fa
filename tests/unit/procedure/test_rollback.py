"""The way back: exactly reverse, told of as it goes, and stopped by the first undo that fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from irekae.host.agent.base import Refused
from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.host.remote import HostError, Lost
from irekae.model.errors import Status, SwapError
from irekae.model.items import ANY_TIME, ITEMS, Item, On
from irekae.model.journal import State
from irekae.procedure import rollback, runner
from irekae.subjects.root_door.config import permit_root, without_door
from irekae.subjects.trees.copy_key import KEYS, remove_key
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do, exchange, state


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


def test_files_links_modes_and_names_are_as_before(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n", 0o640)
    ika.put("/root/keys", "key", 0o600)
    ika.put("/etc/gone", "x")
    ika.put("/etc/namedb/zone", "x")
    ika.path("/etc/link").symlink_to("hosts")
    before = ika.files()
    seen = ika.path("/etc/hosts").stat().st_mtime_ns

    def all_verbs(host: Host, swap: Swap) -> None:
        host.edit("/etc/hosts", lambda text: b"tako\n")
        host.put("/etc/new", b"new")
        host.rename("/root/keys", "/root/keys.bk")
        host.remove("/etc/gone")
        host.remove("/etc/link")
        host.set_mode("/root/keys.bk", 0)
        host.copy_tree("/etc/namedb", "/etc/namedb-1")

    declare("5.1", P, all_verbs)
    do(swap, "5.1")
    assert ika.files() != before
    rollback.rollback(swap, 5)
    assert ika.files() == before
    assert ika.path("/etc/link").is_symlink()
    assert ika.path("/etc/hosts").stat().st_mtime_ns == seen
    assert state(swap, "5.1") is State.NOT_DONE


def test_it_says_whether_anything_had_begun(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    declare("1.1", P, lambda host, swap: host.edit("/etc/a", lambda text: b"2"))
    assert not rollback.rollback(swap, 1)
    assert not rollback.rollback_item(swap, "1.1", [])
    do(swap, "1.1")
    assert rollback.rollback(swap, 1)
    assert not rollback.rollback(swap, 1)


def test_it_goes_strictly_backwards_files_and_commands_as_they_came(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")

    def first(host: Host, swap: Swap) -> None:
        host.run("do", "one", undo=Back(["undo", "one"], HARMLESS))
        host.edit("/etc/a", lambda text: b"2", dated=False)

    declare("1.1", P, first, until=ANY_TIME)
    declare("2.1", P, lambda host, swap: host.run("do", "two", undo=Back(["undo", "two"], HARMLESS)))
    declare("3.1", P, lambda host, swap: host.run("do", "three", undo=Back(["undo", "three"], HARMLESS)))
    do(swap, "1.1", "2.1", "3.1", "1.1")
    ika.ran.clear()
    order: list[str] = []
    ika.fails = lambda op, arguments: order.append(op) if op in ("restore", "daemon_run") else None
    rollback.rollback(swap, 1)
    assert ika.ran == [["undo", "one"], ["undo", "three"], ["undo", "two"], ["undo", "one"]], "the second time first"
    assert order == ["daemon_run"] * 3 + ["restore", "daemon_run"]


def test_only_the_phases_that_were_asked_for(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for number in ("1.1", "2.1"):
        declare(number, On.BOTH, lambda host, swap: host.run("do", undo=Back(["undo", host.record.item], HARMLESS)))
    do(swap, "1.1", "2.1")
    for far in (ika, tako):
        far.ran.clear()
    rollback.rollback(swap, 2)
    assert ika.ran == tako.ran == [["undo", "2.1"]]
    assert (state(swap, "1.1"), state(swap, "2.1")) == (State.DONE, State.NOT_DONE)


def test_done_twice_it_does_nothing_the_second_time(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    declare("1.1", P, lambda host, swap: host.edit("/etc/a", lambda text: b"2", dated=False))
    do(swap, "1.1")
    rollback.rollback(swap, 1)
    ika.put("/etc/a", "edited since")
    rollback.rollback(swap, 1)
    assert ika.path("/etc/a").read_bytes() == b"edited since"


def test_a_failed_undo_stops_keeps_everything_and_says_where_it_is(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    ika.put("/etc/b", "1")

    def two(host: Host, swap: Swap) -> None:
        host.edit("/etc/a", lambda text: b"2", dated=False)
        host.run("do", undo=Back(["undo", "it"], HARMLESS))
        host.edit("/etc/b", lambda text: b"2", dated=False)

    declare("1.1", P, two)
    do(swap, "1.1")
    ika.commands = lambda argv, stdin: (7, "cannot\n")
    with pytest.raises(SwapError) as raised:
        rollback.rollback(swap, 1)
    assert raised.value.what == "the undo of “run do” (1.1) failed on ika"
    assert "undo it ended with status 7\n  cannot" in raised.value.detail
    assert "/var/lib/irekae/checkpoints/000002 on ika" in raised.value.detail
    assert ika.path("/etc/b").read_bytes() == b"1", "what came before it in reverse is undone"
    assert ika.path("/etc/a").read_bytes() == b"2", "what comes after it is not touched"
    assert ika.path(f"/var/lib/irekae/checkpoints/000001{ika.root}/etc/a").read_bytes() == b"1"
    assert state(swap, "1.1") is State.UNKNOWN, "half taken back is not done"
    ika.commands = lambda argv, stdin: (0, "")
    rollback.rollback(swap, 1)
    assert ika.path("/etc/a").read_bytes() == b"1"
    assert state(swap, "1.1") is State.NOT_DONE


@pytest.mark.parametrize("after", ["restore", "rename", "daemon_run"])
def test_a_connection_that_dies_between_an_undo_and_its_note_is_no_harm(swap: Swap, ika: FarEnd, after: str) -> None:
    """The undo that nobody noted is made again."""
    ika.put("/etc/a", "1")
    ika.put("/root/keys", "key")

    def act(host: Host, swap: Swap) -> None:
        host.edit("/etc/a", lambda text: b"2", dated=False)
        host.rename("/root/keys", "/root/keys.bk")
        host.run("do", undo=Back(["undo"], HARMLESS))

    before = ika.files()
    declare("1.1", P, act)
    do(swap, "1.1")
    done: list[str] = []

    def die(op: str, arguments: Mapping[str, Any]) -> None:
        if op == "append" and arguments["entry"]["event"] == "change undone" and done and done[-1] == after:
            raise Lost("ika", "the test")
        done.append(op)

    ika.fails = die
    with pytest.raises(Lost):
        rollback.rollback(swap, 1)
    ika.fails = lambda op, arguments: None
    rollback.rollback(swap, 1)
    assert ika.files() == before


def test_a_rename_whose_file_is_gone_is_a_failure(swap: Swap, ika: FarEnd) -> None:
    ika.put("/root/keys", "key")
    declare("1.1", P, lambda host, swap: host.rename("/root/keys", "/root/keys.bk"))
    do(swap, "1.1")
    ika.path("/root/keys.bk").unlink()
    with pytest.raises(SwapError, match="somebody has removed it since") as raised:
        rollback.rollback(swap, 1)
    assert raised.value.status is Status.REFUSED


def test_behind_the_point_of_no_return_it_refuses_and_explains(swap: Swap, ika: FarEnd) -> None:
    declare("7.2", P, lambda host, swap: host.run("do", undo=Back(["undo"], HARMLESS)))
    for name, link in swap.links.items():
        link.facts["run"]["name_before"] = swap.inventory.other(name).name
    do(swap, "7.2")
    runner.run_item(swap, ITEMS["8.1"], ["tako"])
    rollback.refuse_behind_no_return(swap)
    runner.run_item(swap, ITEMS["8.1"], ["ika"])
    ika.ran.clear()
    calls: list[Callable[[], object]] = [lambda: rollback.rollback(swap, 7)]
    calls.append(lambda: rollback.rollback_item(swap, "7.2", []))
    for call in calls:
        with pytest.raises(SwapError, match=r"the point of no return is behind us: 8\.1 on ika") as raised:
            call()
        assert raised.value.status is Status.REFUSED
        assert "swap again with the roles exchanged" in raised.value.hint
    assert ika.ran == []


def test_somebody_at_work_keeps_it_from_beginning(swap: Swap, ika: FarEnd) -> None:
    for number in ("1.1", "2.1"):
        declare(number, P, lambda host, swap: host.run("do", undo=Back(["undo"], HARMLESS)))
    do(swap, "1.1", "2.1")
    ika.ran.clear()
    other = FarEnd(ika.entry, ika.machine, ika.root)
    other.ask("lock", name="1.1", who="mori@seat2")
    with pytest.raises(SwapError, match=r"1.1 is being worked on at ika") as raised:
        rollback.rollback(swap, 1)
    assert raised.value.status is Status.REFUSED
    assert ika.ran == []
    other.close()
    rollback.rollback(swap, 1)
    assert len(ika.ran) == 2


def test_what_somebody_else_changed_since_we_connected_is_undone_too(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    declare("1.1", P, lambda host, swap: host.edit("/etc/a", lambda text: text + b"2", dated=False))
    late = swap.as_plan()
    late.planned, late.grounds, late.yes = False, swap.grounds, True
    do(swap, "1.1")
    late.links["ika"].facts["holders"] = {}
    late.catch_up("ika")
    rollback.rollback(late, 1)
    assert ika.path("/etc/a").read_bytes() == b"1"


def test_what_a_lease_undid_is_still_restored_exactly(swap: Swap, ika: FarEnd) -> None:
    before = b"Port 22\nPermitRootLogin prohibit-password\n"
    ika.put("/etc/ssh/sshd_config", before)
    declare("2.1", P, lambda host, swap: host.edit("/etc/ssh/sshd_config", permit_root, dated=False))
    do(swap, "2.1")
    swap.host(ITEMS["2.1"], P).record.event("undone", why="the lease ran out")
    ika.put("/etc/ssh/sshd_config", without_door(permit_root(before)))
    rollback.rollback(swap, 1)
    assert ika.path("/etc/ssh/sshd_config").read_bytes() == before


def test_what_an_operator_added_stays_when_the_lease_has_closed_the_door(swap: Swap, ika: FarEnd) -> None:
    before = b"Port 22\nPermitRootLogin prohibit-password\n"
    ika.put("/etc/ssh/sshd_config", before)
    declare("2.1", P, lambda host, swap: host.edit("/etc/ssh/sshd_config", permit_root, dated=False))
    do(swap, "2.1")
    ika.put("/etc/ssh/sshd_config", without_door(permit_root(before)) + b"MaxSessions 20\n")
    rollback.rollback(swap, 1)
    assert ika.path("/etc/ssh/sshd_config").read_bytes() == before + b"MaxSessions 20\n"


@pytest.mark.parametrize("closed", [True, False], ids=["behind 4.2", "before it"])
def test_a_key_that_an_operator_gave_root_stays_and_ours_goes(swap: Swap, ika: FarEnd, closed: bool) -> None:
    ika.put("/root/.ssh/known_hosts", "")
    ours, theirs = b"ssh-ed25519 AAAB irekae-copy\n", b"ssh-ed25519 AAAA mine\n"
    declare("2.1", P, lambda host, swap: host.put(KEYS, ours, 0o600, afresh=True))
    declare("4.2", P, lambda host, swap: remove_key(host, KEYS))
    do(swap, "2.1", *(["4.2"] if closed else []))
    ika.put(KEYS, (b"" if closed else ours) + theirs)
    rollback.rollback(swap, 1)
    assert ika.path(KEYS).read_bytes() == theirs


# --- the exchange in the middle ---


def test_addresses_go_back_between_what_came_after_and_what_came_before(
    swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def commands(argv: list[str], stdin: bytes) -> tuple[int, str]:
        order.append(" ".join(argv))
        return 0, ""

    ika.commands = tako.commands = cast(Any, commands)
    declare("5.1", P, lambda host, swap: host.run("five", undo=Back(["undo", "five"], HARMLESS)))
    declare("7.2", P, lambda host, swap: host.run("seven", undo=Back(["undo", "seven"], HARMLESS)))
    do(swap, "5.1")
    exchange(swap)
    monkeypatch.setattr(rollback, "_rest", lambda swap: frozenset())
    do(swap, "7.2")

    def back(swap: Swap) -> None:
        order.append("addresses")
        exchange(swap)

    monkeypatch.setattr("irekae.subjects.revert_network", back)
    order.clear()
    rollback.rollback(swap, 1)
    assert order == ["undo seven", "addresses", "undo five"]
    assert tako.ran[-1] == ["undo", "seven"], "the machine that was the standby is production by then"
    assert ika.ran[-1] == ["undo", "five"]


def test_an_undo_that_meets_a_users_link_stops(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1")
    declare("1.1", P, lambda host, swap: host.edit("/etc/a", lambda text: b"2", dated=False))
    do(swap, "1.1")
    refusal = HostError("ika", "link", str(Refused("link", "leads through a link")), "restore")

    def planted(op: str, arguments: Mapping[str, Any]) -> None:
        if op == "restore":
            raise refusal

    ika.fails = planted
    with pytest.raises(SwapError, match="the undo of “edit /etc/a”"):
        rollback.rollback(swap, 1)

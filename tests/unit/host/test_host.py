"""The verbs: look first, compute from the original, keep what was there, do nothing twice."""

from __future__ import annotations

import stat
from typing import cast

import pytest

from irekae.host.host import Host
from irekae.host.remote import HostError, Lost
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.model.journal import undoable
from irekae.model.printing.events import Kind
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def an_item(number: str = "5.1", on: On = On.PRODUCTION) -> Item:
    return Item(number, "x", "", "", on, lambda *_: None, "M", EXACT, False, False, False)


def host_of(swap: Swap, number: str = "5.1") -> Host:
    return swap.host(an_item(number), On.PRODUCTION)


def changes(swap: Swap) -> list[str]:
    return [entry["what"] for entry in swap.entries["ika"] if entry["event"] == "change"]


def swapped(text: bytes) -> bytes:
    """A transform that undoes itself when it is done twice, as an exchange of names does (D7)."""
    return text.replace(b"ika", b"\0").replace(b"tako", b"ika").replace(b"\0", b"tako")


def test_edit_writes_keeps_a_dated_copy_and_mode(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n", 0o640)
    host = host_of(swap)
    assert host.edit("/etc/hosts", swapped)
    assert ika.files() == {
        "/etc/hosts": (0o640, b"tako\n"),
        f"/etc/hosts.{host.today}": (0o640, b"ika\n"),
    }
    assert changes(swap) == [f"copy /etc/hosts to /etc/hosts.{host.today}", "edit /etc/hosts"]


def test_edit_done_twice_does_nothing_the_second_time(swap: Swap, ika: FarEnd) -> None:
    """Swapping is not idempotent: the second time is computed from the original too."""
    ika.put("/etc/hosts", "ika\n")
    assert host_of(swap).edit("/etc/hosts", swapped)
    before = ika.files()
    assert not host_of(swap).edit("/etc/hosts", swapped)
    assert not host_of(swap, "5.3").edit("/etc/hosts", swapped)
    assert ika.files() == before
    assert len(changes(swap)) == 2


def test_edit_after_a_crash_between_intent_and_write_starts_from_the_original(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")

    def die(op: str, arguments: object) -> None:
        if op == "write" and cast(dict[str, str], arguments)["path"] == "/etc/hosts":
            raise Lost("ika", "the test")

    ika.fails = die
    with pytest.raises(Lost):
        host_of(swap).edit("/etc/hosts", swapped)
    ika.fails = lambda op, arguments: None
    assert host_of(swap).edit("/etc/hosts", swapped)
    assert ika.path("/etc/hosts").read_bytes() == b"tako\n"


def test_the_first_copy_wins_over_later_ones(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika one\n")
    host_of(swap).edit("/etc/hosts", lambda text: text + b"two\n")
    host_of(swap).put("/etc/hosts", b"by another verb\n")
    assert host_of(swap).before("/etc/hosts") == b"ika one\n"
    assert host_of(swap, "3.4").before("/etc/hosts") == b"by another verb\n", "each phase has its own original"


def test_an_edit_that_was_undone_does_not_count_as_the_original(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    host = host_of(swap)
    host.edit("/etc/hosts", swapped, dated=False)
    change = undoable(swap.entries["ika"])[0]
    undo_change(swap, host, host.record.ground, change, Found())
    host.record.event("change undone", n=change["n"])
    ika.put("/etc/hosts", "ika, mended by hand\n")
    assert host_of(swap).edit("/etc/hosts", swapped)
    assert ika.path("/etc/hosts").read_bytes() == b"tako, mended by hand\n"


def test_somebody_elses_edit_is_refused_with_all_three_texts(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    host_of(swap).edit("/etc/hosts", swapped)
    ika.put("/etc/hosts", "squid\n")
    with pytest.raises(SwapError) as raised:
        host_of(swap).edit("/etc/hosts", swapped)
    assert raised.value.what == "/etc/hosts on ika was edited by somebody else, where 5.1 edits it too"
    assert raised.value.detail.splitlines() == [
        "line 1:", "  what we wrote:", "    ika", "  what we want:", "    tako", "  what is there:", "    squid",
    ]  # fmt: skip
    assert "fab done 5.1 --host ika" in raised.value.hint
    assert ika.path("/etc/hosts").read_bytes() == b"squid\n"


def test_a_secret_files_contents_are_in_no_message_and_no_journal(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    ika.put("/etc/shadow", "asada:$6$hash:1\n", 0o640)
    host_of(swap).edit("/etc/shadow", lambda text: text + b"ueno:$6$other:1\n")
    ika.put("/etc/shadow", "asada:$6$hash:1\nueno:$6$third:1\n", 0o640)
    with pytest.raises(SwapError, match=r"entry ueno \(added twice\)") as raised:
        host_of(swap).edit("/etc/shadow", lambda text: text + b"ueno:$6$other:1\n")
    journal = ika.path("/var/lib/irekae/journal.jsonl").read_text()
    assert "$6$" not in str(raised.value) + journal + capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "mode", "folder_mode"),
    [
        ("/etc/gate/gate.conf", 0o600, 0o755),
        ("/etc/gate/gate.conf", 0o640, 0o755),
        ("/etc/gate/gate.conf", 0o644, 0o750),
        ("/etc/gate/site.key", 0o644, 0o755),
    ],
)
@pytest.mark.parametrize("planned", [True, False])
def test_a_file_that_is_not_for_everybody_is_quoted_nowhere(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str], path: str, mode: int, folder_mode: int, planned: bool
) -> None:
    ika.put(path, "$host = 'ika';\n$word = 'hunter2';\n", mode).parent.chmod(folder_mode)
    view = swap.as_plan() if planned else swap
    host = host_of(view)
    host.edit(path, swapped)
    host.put(path, b"$word = 'hunter3';\n", mode)
    journal = ika.path("/var/lib/irekae/journal.jsonl").read_text() if not planned else ""
    told = "\n".join(line for change in view.plan for line in (change.what, *change.lines))
    assert "hunter" not in told + journal + capsys.readouterr().out
    if planned:
        assert "line 1: ika → tako" in told


def test_a_file_that_is_for_everybody_is_shown_without_its_passwords(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/gate/gate.conf", "$host = 'ika';\n$password = 'hunter2';\n")
    view = swap.as_plan()
    host_of(view).edit("/etc/gate/gate.conf", lambda text: text.replace(b"ika", b"tako").replace(b"r2", b"r3"))
    told = "\n".join(view.plan[-1].lines)
    assert "+$host = 'tako';" in told
    assert "hunter" not in told


def test_a_commands_arguments_and_what_it_says_show_no_password(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    ika.commands = lambda argv, stdin: (1, "cannot connect with password=hunter2\x1b[2J")
    with pytest.raises(SwapError) as raised:
        host_of(swap).run("mysql", "-phunter2", "-e", "flush privileges")
    journal = ika.path("/var/lib/irekae/journal.jsonl").read_text()
    assert "hunter2" not in str(raised.value) + journal + capsys.readouterr().out


@pytest.mark.parametrize("verb", ["edit", "read"])
def test_a_missing_file_is_named(swap: Swap, verb: str) -> None:
    with pytest.raises(SwapError, match="/etc/none is missing on ika"):
        host_of(swap).edit("/etc/none", swapped) if verb == "edit" else host_of(swap).read("/etc/none")


def test_whose_file_it_is_stands_in_the_next_step(swap: Swap, ika: FarEnd) -> None:
    with pytest.raises(SwapError) as raised:
        host_of(swap).edit("/etc/none", lambda text: text, team="mail")
    assert raised.value.hint == "is the path in site.toml right? (the mail team knows it)"


def test_a_file_that_changes_between_look_and_write_is_not_overwritten(swap: Swap, ika: FarEnd) -> None:
    path = ika.put("/etc/hosts", "ika\n")

    def meddle(op: str, arguments: object) -> None:
        if op == "write" and cast(dict[str, str], arguments)["path"] == "/etc/hosts":
            path.write_text("somebody's\n")

    ika.fails = meddle
    with pytest.raises(HostError, match="changed while we looked"):
        host_of(swap).edit("/etc/hosts", swapped)
    assert path.read_text() == "somebody's\n"


def test_a_symbolic_link_is_not_edited(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/real", "ika\n")
    ika.path("/etc/hosts").symlink_to("real")
    with pytest.raises(HostError, match=r"is a symbolic link \(to real\)"):
        host_of(swap).edit("/etc/hosts", swapped)
    assert ika.path("/etc/real").read_bytes() == b"ika\n"


def test_put_makes_exactly_this_file_and_nothing_when_it_is_there(swap: Swap, ika: FarEnd) -> None:
    ika.path("/etc/cron.d").mkdir()
    host = host_of(swap)
    assert host.put("/etc/cron.d/x", b"text", 0o600)
    assert not host.put("/etc/cron.d/x", b"text", 0o600)
    assert host.put("/etc/cron.d/x", b"text", 0o644), "another mode is a change"
    assert host.put("/etc/cron.d/x", b"text", 0o644, mtime=1_000_000_000)
    assert not host.put("/etc/cron.d/x", b"text", 0o644, mtime=1_000_000_000)
    assert changes(swap) == ["create /etc/cron.d/x", "write /etc/cron.d/x", "write /etc/cron.d/x"]


def test_rename_and_remove_and_mode_are_done_once(swap: Swap, ika: FarEnd) -> None:
    ika.put("/root/keys", "key")
    host = host_of(swap)
    assert host.rename("/root/keys", "/root/keys.bk")
    assert not host.rename("/root/keys", "/root/keys.bk")
    ika.put("/root/keys", "again")
    with pytest.raises(SwapError, match=r"/root/keys.bk exists on ika beside /root/keys"):
        host.rename("/root/keys", "/root/keys.bk")
    assert host.set_mode("/root/keys", 0)
    assert not host.set_mode("/root/keys", 0)
    assert not host.set_mode("/root/none", 0)
    assert stat.S_IMODE(ika.path("/root/keys").stat().st_mode) == 0
    assert host.remove("/root/keys")
    assert not host.remove("/root/keys")


def test_dated_copies_are_made_once(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "one")
    host = host_of(swap)
    host.keep_dated("/etc/hosts")
    ika.put("/etc/hosts", "two")
    host.keep_dated("/etc/hosts")
    host.keep_dated("/etc/none")
    assert ika.path(f"/etc/hosts.{host.today}").read_bytes() == b"one"


def test_copy_of_a_folder_is_made_once(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    host = host_of(swap)
    assert host.copy_tree("/etc/namedb", "/etc/namedb-1")
    assert not host.copy_tree("/etc/namedb", "/etc/namedb-1")
    assert ika.path("/etc/namedb-1/zone").read_bytes() == b"x"


def test_a_folder_that_changes_while_it_is_copied_is_no_copy(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/namedb/zone", "x")
    host = host_of(swap)
    told = host.record.tell

    def edited_meanwhile(text: str, kind: Kind = Kind.DETAIL) -> None:
        ika.put("/etc/namedb/zone", "of somebody else")
        told(text, kind)

    host.record.tell = edited_meanwhile  # type: ignore[method-assign]
    with pytest.raises(SwapError, match="was changed while it was copied"):
        host.copy_tree("/etc/namedb", "/etc/namedb-1")
    assert not ika.path("/etc/namedb-1").exists()
    host.record.tell = told  # type: ignore[method-assign]
    assert host.copy_tree("/etc/namedb", "/etc/namedb-1")


def test_a_command_that_fails_says_what_it_said(swap: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (3, "bad\n")
    with pytest.raises(SwapError) as raised:
        host_of(swap).run("update", "it")
    assert raised.value.what == "update failed on ika with status 3"
    assert raised.value.detail == "$ update it\nbad"
    assert host_of(swap).run("update", "it", ok=(0, 3)).status == 3
    assert host_of(swap).look("update", "it").status == 3


def test_intent_and_undo_are_written_before_the_change(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "ika\n")
    ika.asked.clear()
    host_of(swap).edit("/etc/hosts", swapped, dated=False)
    order = [op for op in ika.asked if op in ("change", "write")]
    assert order == ["change", "write"]
    entry = swap.entries["ika"][-1]
    assert entry["undo"]["kept"]["/etc/hosts"]["mode"] == 0o644

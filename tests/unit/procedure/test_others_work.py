"""What others did since stays when a swap is taken back; where it touches what we did, nothing is changed at all."""

from __future__ import annotations

import pytest

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.host.services.links import undo_links
from irekae.model.errors import SwapError
from irekae.model.items import Item, On
from irekae.procedure import rollback
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do, refused

PASSWD = b"root:x:0:0:root:/root:/bin/sh\n"
ASADA = b"asada:x:1001:100::/home/asada:/bin/sh\n"
MORI = b"mori:x:1005:100::/home/mori:/bin/sh\n"


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


def edits(path: str, text: bytes) -> None:
    """An item 1.1 that gives a file a text."""
    declare("1.1", P, lambda host, swap: host.edit(path, lambda _: text, dated=False))


# --- files ---


def test_a_line_that_somebody_added_beside_ours_stays(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    do(swap, "1.1")
    ika.put("/etc/motd", "tako\nno mail from 3 to 4\n")
    rollback.rollback(swap, 1)
    assert ika.path("/etc/motd").read_bytes() == b"ika\nno mail from 3 to 4\n"


def test_it_stays_through_several_changes_of_one_file(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/hosts", "1 ika\n2 tako\n")
    declare("1.1", P, lambda host, swap: host.edit("/etc/hosts", lambda _: b"1 tako\n2 tako\n", dated=False))
    declare("2.1", P, lambda host, swap: host.edit("/etc/hosts", lambda _: b"1 tako\n2 ika\n", dated=False))
    do(swap, "1.1", "2.1")
    ika.put("/etc/hosts", "# mine\n1 tako\n2 ika\n3 printer\n")
    rollback.rollback(swap, 1)
    assert ika.path("/etc/hosts").read_bytes() == b"# mine\n1 ika\n2 tako\n3 printer\n"


def test_an_account_that_was_made_since_stays(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/passwd", PASSWD)
    edits("/etc/passwd", PASSWD + ASADA)
    do(swap, "1.1")
    ika.put("/etc/passwd", PASSWD + ASADA + MORI)
    rollback.rollback(swap, 1)
    assert ika.path("/etc/passwd").read_bytes() == PASSWD + MORI


def both_files(host: Host, swap: Swap) -> None:
    host.edit("/etc/passwd", lambda text: text + ASADA)
    shadow = b"asada:$6$x:1:0:9:7:::\nueno:$6$y:1:0:9:7:::\n"
    host.edit("/etc/shadow", lambda text: text + shadow)


def test_an_account_of_ours_that_somebody_changed_is_refused_without_hashes_and_nothing_is_touched(
    swap: Swap, ika: FarEnd
) -> None:
    ika.put("/etc/passwd", PASSWD)
    ika.put("/etc/shadow", "root:*:1:0:9:7:::\n", 0o640)
    declare("1.1", P, both_files)
    do(swap, "1.1")
    ika.put("/etc/passwd", PASSWD + ASADA.replace(b"/bin/sh", b"/bin/zsh"))
    ika.put("/etc/shadow", "root:*:1:0:9:7:::\nasada:$6$new:1:0:9:7:::\nueno:$6$y:1:0:9:7:::\n", 0o640)
    before = ika.files()
    error = refused(swap)
    assert "entry asada (we remove it, it was changed: shell)" in error.detail
    assert "entry asada (we remove it, it was changed: password)" in error.detail
    assert "$6$" not in str(error)
    assert "fab rollback --to phase1 --keep /etc/passwd,/etc/shadow" in error.hint
    assert ika.files() == before


def test_who_is_kept_in_one_file_of_accounts_is_kept_in_all(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/passwd", PASSWD)
    ika.put("/etc/shadow", "root:*:1:0:9:7:::\n", 0o640)
    declare("1.1", P, both_files)
    do(swap, "1.1")
    ika.put("/etc/passwd", PASSWD + ASADA.replace(b"/bin/sh", b"/bin/zsh"))
    rollback.rollback(swap, 1, ["/etc/passwd"])
    assert b"asada" in ika.path("/etc/passwd").read_bytes()
    assert ika.path("/etc/shadow").read_bytes() == b"root:*:1:0:9:7:::\nasada:$6$x:1:0:9:7:::\n"


def test_edits_that_touch_are_refused_with_the_three_before_anything_is_taken_back(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1\n")
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    declare("2.1", P, lambda host, swap: host.edit("/etc/a", lambda _: b"2\n", dated=False))
    do(swap, "1.1", "2.1")
    ika.put("/etc/motd", "squid\n")
    error = refused(swap)
    for line in ("/etc/motd on ika:", "what we wrote:", "tako", "what was there before:", "ika", "squid"):
        assert line in error.detail
    assert ika.path("/etc/a").read_bytes() == b"2\n", "2.1 comes first in reverse, and was not touched"
    rollback.rollback(swap, 1, ["/etc/motd"])
    assert (ika.path("/etc/a").read_bytes(), ika.path("/etc/motd").read_bytes()) == (b"1\n", b"squid\n")


def test_what_nobody_else_may_read_is_not_quoted(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/gate.conf", "host=ika\n", 0o600)
    edits("/etc/gate.conf", b"host=tako\n")
    do(swap, "1.1")
    ika.put("/etc/gate.conf", "password=x\n", 0o600)
    assert "password" not in str(refused(swap))


def test_what_was_mended_to_what_it_was_is_taken_back_without_a_word(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    do(swap, "1.1")
    ika.put("/etc/motd", "squid\n")
    refused(swap)
    ika.put("/etc/motd", "ika\n")
    assert rollback.rollback(swap, 1)


def test_an_undo_that_died_behind_its_write_does_not_merge_twice(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "x\nika\n")
    edits("/etc/motd", b"x\ntako\n")
    do(swap, "1.1")
    ika.put("/etc/motd", "x\ntako\nnote\n")

    def die(op: str, arguments: dict[str, object]) -> None:
        if op == "append" and "undone" in str(arguments["entry"]):
            raise Lost("ika", "the test")

    ika.fails = die  # type: ignore[assignment]
    with pytest.raises(SwapError):
        rollback.rollback(swap, 1)
    ika.fails = lambda op, arguments: None
    rollback.rollback(swap, 1)
    assert ika.path("/etc/motd").read_bytes() == b"x\nika\nnote\n"


# --- everything that is no text ---


def test_a_file_that_we_made_and_somebody_edited_is_not_removed(swap: Swap, ika: FarEnd) -> None:
    declare("1.1", P, lambda host, swap: host.put("/etc/new", b"ours\n"))
    do(swap, "1.1")
    ika.put("/etc/new", "theirs\n")
    assert "the whole file, which somebody changed since" in refused(swap).detail
    rollback.rollback(swap, 1, ["/etc/new"])
    assert ika.path("/etc/new").read_bytes() == b"theirs\n"


def test_a_dated_copy_that_somebody_edited_is_not_removed(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/a", "1\n")
    declare("1.1", P, lambda host, swap: host.edit("/etc/a", lambda _: b"2\n"))
    do(swap, "1.1")
    ika.put("/etc/a.20260101", "1\nnote\n")
    assert "/etc/a.20260101 on ika:" in refused(swap).detail


def test_a_file_that_we_removed_and_somebody_made_anew_is_not_written_over(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/gone", "old\n")
    declare("1.1", P, lambda host, swap: host.remove("/etc/gone"))
    do(swap, "1.1")
    ika.put("/etc/gone", "new\n")
    assert "put there again" in refused(swap).detail
    assert ika.path("/etc/gone").read_bytes() == b"new\n"


def test_a_file_that_somebody_removed_does_not_come_back_by_itself(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    do(swap, "1.1")
    ika.path("/etc/motd").unlink()
    assert "removed" in refused(swap).detail
    rollback.rollback(swap, 1, ["/etc/motd"])
    assert not ika.path("/etc/motd").exists()


def test_a_link_that_somebody_put_there_stays(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    do(swap, "1.1")
    ika.path("/etc/motd").unlink()
    ika.put("/etc/other", "x")
    ika.path("/etc/motd").symlink_to("other")
    assert "a link was put there since" in refused(swap).detail
    assert ika.path("/etc/motd").is_symlink()


def test_a_mode_that_somebody_set_stays_where_we_set_none(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    edits("/etc/motd", b"tako\n")
    do(swap, "1.1")
    ika.path("/etc/motd").chmod(0o600)
    rollback.rollback(swap, 1)
    assert ika.files()["/etc/motd"] == (0o600, b"ika\n")


def test_a_mode_that_both_set_is_refused(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/backup", "x\n", 0o755)
    declare("1.1", P, lambda host, swap: host.set_mode("/etc/backup", 0))
    do(swap, "1.1")
    ika.path("/etc/backup").chmod(0o700)
    assert "its mode: 0755, 00, 0700 (before, ours, now)" in refused(swap).detail
    ika.path("/etc/backup").chmod(0o755)
    assert rollback.rollback(swap, 1), "given back by hand"


def test_a_file_that_was_renamed_goes_back_with_what_was_added_to_it(swap: Swap, ika: FarEnd) -> None:
    ika.put("/root/keys", "key\n")
    declare("1.1", P, lambda host, swap: host.rename("/root/keys", "/root/keys.bk"))
    do(swap, "1.1")
    ika.put("/root/keys.bk", "key\nanother\n")
    rollback.rollback(swap, 1)
    assert ika.path("/root/keys").read_bytes() == b"key\nanother\n"


def test_a_rename_is_not_undone_over_a_file_that_somebody_made_there(swap: Swap, ika: FarEnd) -> None:
    ika.put("/root/keys", "key\n")
    declare("1.1", P, lambda host, swap: host.rename("/root/keys", "/root/keys.bk"))
    do(swap, "1.1")
    ika.put("/root/keys", "theirs\n")
    assert "where somebody has put another one since" in refused(swap).detail
    rollback.rollback(swap, 1, ["/root/keys"])
    assert (ika.path("/root/keys").read_bytes(), ika.path("/root/keys.bk").read_bytes()) == (b"theirs\n", b"key\n")


def test_a_folder_that_we_made_stays_while_others_have_something_in_it(swap: Swap, ika: FarEnd) -> None:
    ika.path("/root").mkdir()

    def make(host: Host, swap: Swap) -> None:
        host.record.change("create /root/.ssh", {"kind": "remove", "path": "/root/.ssh"})
        host.link.ask("mkdir", path="/root/.ssh")

    declare("1.1", P, make)
    do(swap, "1.1")
    ika.put("/root/.ssh/authorized_keys", "theirs\n")
    assert rollback.rollback(swap, 1)
    assert ika.path("/root/.ssh/authorized_keys").exists()


# --- boot links ---

BEFORE = {"rc2.d/S01bind": "../init.d/bind", "rc2.d/S02cron": "../init.d/cron"}
AFTER = {"rc2.d/K01bind": "../init.d/bind", "rc2.d/S01cron": "../init.d/cron"}


def test_links_that_nobody_touched_become_exactly_what_they_were() -> None:
    assert undo_links(BEFORE, AFTER, AFTER) == (BEFORE, [])
    assert undo_links(BEFORE, AFTER, BEFORE) == (BEFORE, [])


def test_a_service_that_was_enabled_since_stays_enabled() -> None:
    now = {"rc2.d/K02bind": "../init.d/bind", "rc2.d/S01cron": "../init.d/cron", "rc2.d/S01new": "../init.d/new"}
    merged, touched = undo_links(BEFORE, AFTER, now)
    assert merged == {**BEFORE, "rc2.d/S01new": "../init.d/new"}
    assert not touched


def test_a_service_that_was_removed_since_does_not_come_back_and_is_told_if_it_was_ours() -> None:
    assert undo_links(BEFORE, AFTER, {"rc2.d/K01bind": "../init.d/bind"})[0] == {"rc2.d/S01bind": "../init.d/bind"}
    assert undo_links(BEFORE, AFTER, {"rc2.d/S01cron": "../init.d/cron"})[1] == ["rc2.d/bind"]
